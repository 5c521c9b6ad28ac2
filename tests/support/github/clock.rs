//! The server's own time, which may differ from the client's, and its HTTP form.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const DAY_S: i64 = 86_400;

/// A clock of whole seconds that can be wrong.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_s: AtomicI64,
}

impl Clock {
    /// Makes the clock run ahead by so many seconds, or behind if negative.
    pub(crate) fn run_ahead(&self, seconds: i64) {
        self.ahead_s.store(seconds, Ordering::Relaxed);
    }

    /// Unix time in seconds, as the server has it.
    pub(crate) fn now_s(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        since.as_secs().cast_signed() + self.ahead_s.load(Ordering::Relaxed)
    }
}

/// A Unix time as HTTP writes it: `Tue, 14 Nov 2023 22:13:20 GMT`.
pub(crate) fn http_date(unix_s: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil(unix_s.div_euclid(DAY_S));
    let weekday = DAYS[unix_s.div_euclid(DAY_S).rem_euclid(7).unsigned_abs() as usize];
    let month = MONTHS[(month - 1).unsigned_abs() as usize];
    let (hour, minute, second) = time(unix_s);
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

/// A Unix time as GitHub's JSON writes it: `2023-11-14T22:13:20Z`.
pub(crate) fn json_date(unix_s: i64) -> String {
    let (year, month, day) = civil(unix_s.div_euclid(DAY_S));
    let (hour, minute, second) = time(unix_s);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn time(unix_s: i64) -> (i64, i64, i64) {
    let of_day = unix_s.rem_euclid(DAY_S);
    (of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// Year, month and day of a day after 1970-01-01. Years are counted from March, so that the
/// leap day comes last; an era is 400 of them.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{http_date, json_date};

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(json_date(951_827_696), "2000-02-29T12:34:56Z");
        assert_eq!(json_date(1_700_000_000), "2023-11-14T22:13:20Z");
    }
}
