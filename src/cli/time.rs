//! Times and durations as people read them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Unix time in milliseconds.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// `2026-07-31T04:11:08Z (3 min ago)`, from Unix milliseconds.
pub(super) fn instant(at_ms: i64, now_ms: i64) -> String {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(at_ms).unwrap_or(0));
    format!("{} ({})", humantime::format_rfc3339_seconds(at), ago(at_ms, now_ms))
}

/// `3 min ago`, from Unix milliseconds.
pub(super) fn ago(at_ms: i64, now_ms: i64) -> String {
    match now_ms.saturating_sub(at_ms) / 1000 {
        // A clock that was set back is no reason to speak of the future.
        ..2 => "just now".to_owned(),
        s @ 2..60 => format!("{s} s ago"),
        s @ 60..3600 => format!("{} min ago", s / 60),
        s @ 3600..172_800 => format!("{} h ago", s / 3600),
        s => format!("{} days ago", s / 86_400),
    }
}

/// `0.42 s`, `12 s`, `3 min 20 s`: how long something took.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 9.95 { format!("{:.2} s", seconds.max(0.0)) } else { about(seconds) }
}

/// `1 s`, `12 s`, `3 min 20 s`, `2 h 5 min`: how long something may take.
pub(super) fn about(seconds: f64) -> String {
    // Longer than a century is not a prediction any more.
    let whole = seconds.round().clamp(0.0, 3.2e9) as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_in_utc_and_from_now() {
        let at_ms = 1_700_000_000_000;
        assert_eq!(instant(at_ms, at_ms + 200_000), "2023-11-14T22:13:20Z (3 min ago)");
        assert_eq!(ago(at_ms, at_ms - 5000), "just now");
        assert_eq!(ago(at_ms, at_ms + 90_000_000), "25 h ago");
        assert_eq!(ago(at_ms, at_ms + 500_000_000), "5 days ago");
    }

    #[test]
    fn a_duration_is_told_as_exactly_as_it_matters() {
        let told = [0.004, 9.94, 9.96, 59.6, 200.0, 7500.0].map(duration);
        assert_eq!(about(0.6), "1 s");
        assert_eq!(told, ["0.00 s", "9.94 s", "10 s", "1 min 0 s", "3 min 20 s", "2 h 5 min"]);
        assert_eq!(duration(f64::INFINITY), "888888 h 53 min");
    }
}
