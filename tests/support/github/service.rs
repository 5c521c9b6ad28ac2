//! GitHub as one repository's clients know it: who may ask, how often, and under which name.
//!
//! What is asked for is found in `resource`; how it gets to the client is in `connection`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde_json::json;

use super::answer::{ANONYMOUS, Answer, KNOWN, LimitHeaders};
use super::budget::{Budget, Limits, Standing};
use super::clock::{Clock, http_date};
use super::faults::Plan;
use super::objects::Objects;
use super::request::Request;
use super::resource::{Lookup, tarball};
use super::route::{Route, Which};
use super::seen::Host;
use super::shape::Address;

const REPOSITORY_ID: u64 = 1_296_269;

/// Goes with the redirect to a private tarball, and is asked for there.
const ARCHIVE_TOKEN: &str = "ARCHIVETOKENOFONEUSE";

/// What a test can set while the server runs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// `owner/name`.
    pub(crate) full_name: String,
    pub(crate) former_names: Vec<String>,
    /// The one token that is known.
    pub(crate) token: Option<String>,
    pub(crate) is_token_required: bool,
    pub(crate) is_private: bool,
    /// What every path of the API begins with, without a slash at its end.
    pub(crate) prefix: String,
    pub(crate) limits: Limits,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) clock: Clock,
    objects: Objects,
    settings: Mutex<Settings>,
    budgets: Mutex<Budgets>,
    answered: AtomicU64,
    /// `http://host:port` of the API.
    api: String,
    /// `http://host:port` of the tarballs.
    archives: String,
}

#[derive(Debug, Default)]
struct Budgets {
    with_token: Budget,
    without_token: Budget,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Anonymous,
    Known,
    /// With a token that is not known.
    Stranger,
}

impl Service {
    pub(crate) fn new(objects: Objects, full_name: &str, api: String, archives: String) -> Self {
        let settings = Settings {
            full_name: full_name.to_owned(),
            former_names: Vec::new(),
            token: None,
            is_token_required: false,
            is_private: false,
            prefix: String::new(),
            limits: Limits::default(),
        };
        Self {
            clock: Clock::default(),
            objects,
            settings: Mutex::new(settings),
            budgets: Mutex::default(),
            answered: AtomicU64::new(0),
            api,
            archives,
        }
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().expect("the settings")
    }

    /// What every URL of the API begins with.
    pub(crate) fn api_url(&self) -> String {
        format!("{}{}", self.api, self.settings().prefix)
    }

    /// The whole answer of one of the hosts, except what a fault does on the way.
    pub(crate) fn answer(&self, host: Host, request: &Request, plan: &Plan) -> Answer {
        let settings = self.settings().clone();
        let answer = match host {
            Host::Api => self.api(&settings, request, plan),
            Host::Archive => match &plan.answer {
                Some(answer) => Answer { limit: LimitHeaders::Absent, ..answer.clone() },
                None => self.archive(&settings, request, plan),
            },
        };
        let turn = self.answered.fetch_add(1, Ordering::Relaxed);
        answer
            .header("server", "GitHub.com")
            .header("date", http_date(self.clock.now_s()))
            .header("x-github-request-id", format!("C0DE:1F2E3D:{turn:06X}:{turn:06X}:65540000"))
    }

    fn api(&self, settings: &Settings, request: &Request, plan: &Plan) -> Answer {
        if request.header("user-agent").is_none_or(str::is_empty) {
            return Answer::without_user_agent();
        }
        let caller = caller(settings, request);
        let route = request.path().strip_prefix(&settings.prefix).map_or(Route::Unknown, Route::of);
        let is_free = |answer: &Answer| answer.status == 304 && caller == Caller::Known;
        let before = self.standing(settings, caller, false);
        let answer = if let Some(answer) = &plan.answer {
            answer.clone()
        } else if route == Route::RateLimit && caller != Caller::Stranger {
            return self.limited(rate_limit(before), before, plan);
        } else if before.remaining() == 0 {
            let whom = match caller {
                Caller::Known => KNOWN,
                Caller::Anonymous | Caller::Stranger => ANONYMOUS,
            };
            return self.limited(Answer::limit_exceeded(whom), before, plan);
        } else {
            let found = self.found(settings, caller, &route, request, plan);
            found.unless_known(request.header("if-none-match"))
        };
        let standing = self.standing(settings, caller, !is_free(&answer));
        self.limited(answer, standing, plan)
    }

    /// What an allowed request is answered.
    fn found(
        &self,
        settings: &Settings,
        caller: Caller,
        route: &Route,
        request: &Request,
        plan: &Plan,
    ) -> Answer {
        match caller {
            Caller::Stranger => return Answer::bad_credentials(),
            Caller::Anonymous if settings.is_token_required => {
                let docs = "https://docs.github.com/rest";
                return Answer::error(401, "Must authenticate to access this API.", docs);
            }
            Caller::Anonymous if settings.is_private => return Answer::not_found(),
            Caller::Anonymous | Caller::Known => {}
        }
        let (Route::OfRepository { which, rest, resource }, "GET") = (route, &*request.method)
        else {
            return Answer::not_found();
        };
        let api = format!("{}{}", self.api, settings.prefix);
        let is = |name: &String, known: &String| name.eq_ignore_ascii_case(known);
        match which {
            Which::Id(REPOSITORY_ID) => {}
            Which::Name(name) if is(name, &settings.full_name) => {}
            Which::Name(name) if settings.former_names.iter().any(|former| is(name, former)) => {
                let query = request.target.strip_prefix(request.path()).unwrap_or_default();
                let to = format!("{api}/repositories/{REPOSITORY_ID}{rest}{query}");
                return Answer::moved(301, to);
            }
            Which::Id(_) | Which::Name(_) => return Answer::not_found(),
        }
        let full_name = &settings.full_name;
        let address = Address { url: format!("{api}/repos/{full_name}"), full_name };
        let token =
            if settings.is_private { format!("?token={ARCHIVE_TOKEN}") } else { String::new() };
        Lookup {
            objects: &self.objects,
            address,
            id: REPOSITORY_ID,
            is_private: settings.is_private,
            archives: format!("{}/{full_name}/legacy.tar.gz", self.archives),
            archive_query: token,
            request,
            plan,
        }
        .answer(resource)
    }

    /// The tarball's own host: it knows no tokens but the one in the redirect.
    fn archive(&self, settings: &Settings, request: &Request, plan: &Plan) -> Answer {
        let parts: Vec<&str> = request.path().trim_start_matches('/').splitn(4, '/').collect();
        let is_token = !settings.is_private || request.query("token") == Some(ARCHIVE_TOKEN);
        let found = match parts.as_slice() {
            [owner, name, "legacy.tar.gz", reference] if is_token => {
                let named = format!("{owner}/{name}");
                let is_name = named.eq_ignore_ascii_case(&settings.full_name);
                is_name.then(|| tarball(&self.objects, &named, reference, plan))
            }
            _ => None,
        };
        let answer = found.flatten().unwrap_or_else(|| {
            Answer::new(404, "404: Not Found").header("content-type", "text/plain; charset=utf-8")
        });
        Answer { limit: LimitHeaders::Absent, ..answer }
    }

    /// The caller's budget, after one more request if `spend`.
    fn standing(&self, settings: &Settings, caller: Caller, spend: bool) -> Standing {
        let Limits { with_token, without_token, window } = settings.limits;
        let mut budgets = self.budgets.lock().expect("the budgets");
        let (budget, limit) = match caller {
            Caller::Known => (&mut budgets.with_token, with_token),
            Caller::Anonymous | Caller::Stranger => (&mut budgets.without_token, without_token),
        };
        let now_s = self.clock.now_s();
        budget.standing(limit, window, now_s);
        if spend {
            budget.spend();
        }
        budget.standing(limit, window, now_s)
    }

    /// Adds what every answer of the API has.
    fn limited(&self, answer: Answer, standing: Standing, plan: &Plan) -> Answer {
        let is_json = answer.headers.iter().any(|(_, value)| value.starts_with("application/json"));
        let answer = match is_json {
            true => answer.header("x-github-media-type", "github.v3; format=json"),
            false => answer,
        };
        let Standing { limit, used, resets_at_s } = match answer.limit {
            _ if plan.hides_limits => return answer,
            LimitHeaders::Absent => return answer,
            LimitHeaders::Budget => standing,
            LimitHeaders::SpentFor(pause) => Standing {
                used: standing.limit,
                resets_at_s: self.clock.now_s() + seconds(pause),
                ..standing
            },
        };
        answer
            .header("x-ratelimit-limit", limit.to_string())
            .header("x-ratelimit-remaining", limit.saturating_sub(used).to_string())
            .header("x-ratelimit-used", used.to_string())
            .header("x-ratelimit-reset", resets_at_s.to_string())
            .header("x-ratelimit-resource", "core")
    }
}

fn caller(settings: &Settings, request: &Request) -> Caller {
    let Some(authorization) = request.header("authorization") else {
        return Caller::Anonymous;
    };
    let (scheme, token) = authorization.split_once(' ').unwrap_or_default();
    let is_scheme = ["bearer", "token"].contains(&scheme.to_ascii_lowercase().as_str());
    match settings.token.as_deref() {
        Some(known) if is_scheme && token.trim() == known => Caller::Known,
        _ => Caller::Stranger,
    }
}

fn rate_limit(standing: Standing) -> Answer {
    let core = json!({
        "limit": standing.limit,
        "used": standing.used,
        "remaining": standing.remaining(),
        "reset": standing.resets_at_s,
    });
    Answer::json(&json!({ "resources": { "core": core }, "rate": core }))
}

/// Whole seconds, rounded up: a reset is never announced too early.
fn seconds(pause: Duration) -> i64 {
    pause.as_millis().div_ceil(1_000).try_into().expect("a pause of this century")
}
