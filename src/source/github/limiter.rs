//! One limiter for a host and a token, whichever sources ask: places, a pace, and a gate that
//! shuts for everybody.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::Instant;

use super::meaning::{Budget, Wait};
use crate::fingerprint::Digest;
use crate::source::{Pause, Traffic};

/// Requests at the same time. GitHub allows a hundred; each is a connection.
pub(super) const CONCURRENT_REQUESTS: usize = 16;

/// Requests a minute in the long run, and as many at once after a rest: together no minute
/// sees more than 600. GitHub allows 900 points, of which reading takes one a request.
const REQUESTS_A_MINUTE: NonZeroU32 = NonZeroU32::new(300).expect("not zero");

/// Of the server's limit this part is left to others who use the same token, in percent.
const RESERVE_PERCENT: u64 = 10;

/// What is added to each wait at most, so that not all who wait begin in the same moment.
const JITTER: Duration = Duration::from_secs(1);

/// See the module.
pub(super) struct Limiter {
    places: Semaphore,
    pace: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>,
    ticks: Ticks,
    account: Mutex<Option<Account>>,
    /// Up to when waits for the pace are counted: many wait in the same time, which passes once.
    paced_until: Mutex<Instant>,
    /// What is told of all this, and until when the gate is shut.
    traffic: watch::Sender<Traffic>,
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").field("traffic", &self.traffic.borrow()).finish_non_exhaustive()
    }
}

/// What is left of the server's limit, counted on from its last word.
#[derive(Clone, Copy, Debug)]
struct Account {
    left: u64,
    limit: u64,
    starts_anew: Instant,
}

/// The runtime's clock, which tests can hold.
#[derive(Clone, Debug)]
struct Ticks(Instant);

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

/// The limiters in use, by the digest of host and token.
static IN_USE: Mutex<Vec<(Digest, Weak<Limiter>)>> = Mutex::new(Vec::new());

impl Limiter {
    /// The limiter of a host and a token; the same for all sources of this process that have
    /// the same.
    pub(super) fn of(api: &str, token: Option<&str>) -> Arc<Self> {
        let named = Digest::of(format!("{api}\n{}", token.unwrap_or_default()).as_bytes());
        // Whoever panicked with the lock only looked one up.
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        in_use.retain(|(_, limiter)| limiter.strong_count() > 0);
        let known = in_use.iter().find(|(known, _)| *known == named);
        if let Some(limiter) = known.and_then(|(_, limiter)| limiter.upgrade()) {
            return limiter;
        }
        let limiter = Arc::new(Self::new());
        in_use.push((named, Arc::downgrade(&limiter)));
        limiter
    }

    fn new() -> Self {
        let quota = Quota::per_minute(REQUESTS_A_MINUTE);
        let ticks = Ticks(Instant::now());
        Self {
            places: Semaphore::new(CONCURRENT_REQUESTS),
            pace: RateLimiter::direct_with_clock(quota, ticks.clone()),
            ticks,
            account: Mutex::default(),
            paced_until: Mutex::new(Instant::now()),
            traffic: watch::channel(Traffic::default()).0,
        }
    }

    /// What was asked so far, and whether the gate is shut.
    pub(super) fn traffic(&self) -> watch::Receiver<Traffic> {
        self.traffic.subscribe()
    }

    /// Waits until a request may be sent, and counts it.
    pub(super) async fn pass(&self) -> SemaphorePermit<'_> {
        let Ok(place) = self.places.acquire().await else {
            unreachable!("the semaphore is never closed");
        };
        loop {
            self.open().await;
            if let Err(early) = self.pace.check() {
                let wait = early.wait_time_from(self.ticks.now());
                tokio::time::sleep(wait).await;
                self.count_paced(wait);
                continue;
            }
            match self.withdraw() {
                Some(wait) => self.pause(wait, "the rate limit"),
                None => break,
            }
        }
        self.count(|traffic| traffic.requests += 1);
        place
    }

    /// Counts a wait for the pace that ends now, as far as no other one counts for that time.
    fn count_paced(&self, wait: Duration) {
        let now = Instant::now();
        // Whoever panicked with the lock only moved the mark.
        let mut until = self.paced_until.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = wait.min(now.saturating_duration_since(*until));
        *until = now.max(*until);
        drop(until);
        self.count(|traffic| traffic.waited_ms += millis(waited));
    }

    /// Adds to what is told.
    pub(super) fn count(&self, add: impl FnOnce(&mut Traffic)) {
        self.traffic.send_modify(add);
    }

    /// Shuts the gate for everybody; a longer pause than this one stays.
    pub(super) fn pause(&self, at_least: Duration, reason: &str) {
        let jitter = JITTER.mul_f64(fastrand::f64());
        let needed = Instant::now() + at_least;
        let until = needed + jitter;
        self.traffic.send_if_modified(|traffic| {
            // A pause that reaches as far without this one's jitter is long enough.
            let is_longer = traffic.pause.as_ref().is_none_or(|pause| pause.until < needed);
            if is_longer {
                let seconds = (at_least + jitter).as_secs();
                let reason = format!("{reason} of GitHub");
                tracing::warn!("waiting {seconds} s for {reason}");
                traffic.pause = Some(Pause { until, reason });
            }
            is_longer
        });
    }

    /// Heeds a wait that an answer demands, the `n`-th in a row from 0.
    pub(super) fn heed(&self, wait: &Wait, n: u32) {
        let times = if wait.is_guess { 1 << n.min(6) } else { 1 };
        self.pause(wait.at_least * times, wait.reason);
    }

    /// Notes how many requests are left by an answer's word.
    pub(super) fn note(&self, budget: Budget) {
        self.count(|traffic| {
            (traffic.remaining, traffic.limit) = (Some(budget.remaining), Some(budget.limit));
        });
        // Requests that are on their way may not be counted by the server yet.
        let others = CONCURRENT_REQUESTS - self.places.available_permits();
        *self.account() = Some(Account {
            left: budget.remaining.saturating_sub(others as u64),
            limit: budget.limit,
            starts_anew: Instant::now() + budget.starts_anew_in,
        });
    }

    /// Takes one request from what is left; the time to wait if only the reserve is.
    fn withdraw(&self) -> Option<Duration> {
        let mut known = self.account();
        let now = Instant::now();
        let account = known.as_mut().filter(|account| now < account.starts_anew)?;
        if account.left.saturating_mul(100) <= account.limit.saturating_mul(RESERVE_PERCENT) {
            return Some(account.starts_anew - now);
        }
        account.left -= 1;
        None
    }

    fn account(&self) -> MutexGuard<'_, Option<Account>> {
        // Whoever panicked while it held the lock left a number that is old at worst.
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while the gate is shut, and says so when it opens.
    async fn open(&self) {
        let begun = Instant::now();
        loop {
            let until = self.traffic.borrow().pause.as_ref().map(|pause| pause.until);
            match until.filter(|until| Instant::now() < *until) {
                Some(until) => tokio::time::sleep_until(until).await,
                None if until.is_some() => {
                    let waited = millis(begun.elapsed());
                    // Many wait for the same gate; the time passes once.
                    self.traffic.send_if_modified(|traffic| {
                        let is_first = traffic.pause.take_if(|it| it.until <= Instant::now());
                        traffic.waited_ms += is_first.as_ref().map_or(0, |_| waited);
                        is_first.is_some()
                    });
                    return;
                }
                None => return,
            }
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_passes_while_the_gate_is_shut() {
        let limiter = Limiter::new();
        limiter.pause(Duration::from_secs(60), "a limit");
        limiter.pause(Duration::from_secs(5), "a shorter one");
        let begun = Instant::now();
        let (one, other) = tokio::join!(limiter.pass(), limiter.pass());
        let waited = begun.elapsed();
        assert!((60..=61).contains(&waited.as_secs()), "{waited:?}");
        drop((one, other));
        let traffic = limiter.traffic().borrow().clone();
        assert_eq!((traffic.requests, traffic.pause), (2, None));
        assert_eq!(traffic.waited_ms / 1000, waited.as_secs(), "two who wait wait once");
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_wait_for_the_pace_at_once_wait_once() {
        let limiter = Limiter::new();
        for _ in 0..REQUESTS_A_MINUTE.get() {
            drop(limiter.pass().await);
        }
        let begun = Instant::now();
        let pass = || async { drop(limiter.pass().await) };
        futures_util::future::join_all((0..40).map(|_| pass())).await;
        let (waited, took) = (limiter.traffic().borrow().waited_ms, begun.elapsed().as_millis());
        assert!(u128::from(waited) <= took && u128::from(waited) * 2 > took, "{waited} in {took}");
    }

    #[test]
    fn sources_of_one_host_and_one_token_share_a_limiter() {
        let limiter = |api, token| Limiter::of(api, token);
        let (host, token) = ("https://one.example", Some("ghp_a"));
        let first = limiter(host, token);
        assert!(Arc::ptr_eq(&first, &limiter(host, token)));
        assert!(!Arc::ptr_eq(&first, &limiter(host, Some("ghp_b"))));
        assert!(!Arc::ptr_eq(&first, &limiter(host, None)));
        assert!(!Arc::ptr_eq(&first, &limiter("https://two.example", token)));
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_demands_the_later_one_holds() {
        let limiter = Limiter::new();
        let begun = Instant::now();
        for _ in 0..20 {
            limiter.pause(Duration::from_secs(60), "a limit");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        drop(limiter.pass().await);
        assert!(begun.elapsed() >= Duration::from_millis(1900 + 60_000), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_sees_more_than_600_requests() {
        let limiter = Limiter::new();
        let begun = Instant::now();
        let mut sent = Vec::new();
        for _ in 0..1500 {
            drop(limiter.pass().await);
            sent.push(begun.elapsed());
        }
        for (at, first) in sent.iter().enumerate() {
            let within = sent[at..].iter().filter(|it| **it < *first + Duration::from_secs(60));
            assert!(within.count() <= 601, "from request {at} on");
        }
        assert_eq!(sent[250].as_secs(), 0, "a few are sent at once");
    }

    #[tokio::test(start_paused = true)]
    async fn the_reserve_is_left_to_others() {
        let limiter = Limiter::new();
        let starts_anew_in = Duration::from_secs(1000);
        limiter.note(Budget { remaining: 8, limit: 60, starts_anew_in });
        let begun = Instant::now();
        let held = [limiter.pass().await, limiter.pass().await];
        assert_eq!(begun.elapsed().as_secs(), 0);
        drop(limiter.pass().await);
        assert!(begun.elapsed() >= starts_anew_in, "six of sixty are not ours");
        drop(held);
    }

    #[tokio::test(start_paused = true)]
    async fn a_guessed_wait_doubles_while_it_is_too_short() {
        let limiter = Limiter::new();
        let wait = Wait { at_least: Duration::from_secs(60), is_guess: true, reason: "a limit" };
        for (n, seconds) in [(0, 60), (1, 120), (2, 240)] {
            let begun = Instant::now();
            limiter.heed(&wait, n);
            drop(limiter.pass().await);
            assert!((seconds..=seconds + 1).contains(&begun.elapsed().as_secs()), "{n}");
        }
    }
}
