//! The server: two hosts on this machine, in a thread of their own, until dropped.
//!
//! It needs no runtime of the test's, so that the client may as well be another process.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::budget::Limits;
use super::connection::{Shared, serve};
use super::faults::Faults;
use super::objects::Objects;
use super::repository::GitRepository;
use super::seen::{Host, Log, Seen};
use super::service::Service;

/// See the module.
pub(crate) struct GithubServer {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The server may outlive the test's last handle on the repository.
    _repository: GitRepository,
}

impl GithubServer {
    /// Serves a repository as `owner/name`, public, with the branches it has at each request.
    pub(crate) fn start(repository: &GitRepository, owner_and_name: &str) -> Self {
        let listener = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            listener.set_nonblocking(true).expect("a listener that tokio can use");
            let port = listener.local_addr().expect("its address").port();
            (listener, port)
        };
        let ((api, api_port), (archives, archives_port)) = (listener(), listener());
        let service = Service::new(
            Objects::new(repository.path()),
            owner_and_name,
            format!("http://127.0.0.1:{api_port}"),
            // The same machine by another name: to a client it is another host.
            format!("http://localhost:{archives_port}"),
        );
        let shared = Arc::new(Shared { service, faults: Faults::default(), log: Log::default() });
        let (stop, stopped) = oneshot::channel();
        let all = shared.clone();
        let thread = thread::spawn(move || run(&all, api, archives, stopped));
        Self { shared, stop: Some(stop), thread: Some(thread), _repository: repository.clone() }
    }

    /// Where the API is, with its prefix and without a slash at the end.
    pub(crate) fn api_url(&self) -> String {
        self.shared.service.api_url()
    }

    /// What goes wrong.
    pub(crate) fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// All requests since the start or the last reset, in the order in which they came.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.shared.log.requests()
    }

    /// Forgets all requests and connections so far.
    pub(crate) fn reset_requests(&self) {
        self.shared.log.reset();
    }

    /// The largest number of requests that were being answered at one time.
    pub(crate) fn peak_open(&self) -> usize {
        self.shared.log.peak_open()
    }

    /// How many connections were accepted, by both hosts.
    pub(crate) fn connections(&self) -> usize {
        self.shared.log.connections()
    }

    /// Makes a token known; every other is refused.
    pub(crate) fn token(&self, token: &str) {
        self.shared.service.settings().token = Some(token.to_owned());
    }

    /// Refuses requests without a token with 401, as a server of an enterprise may.
    pub(crate) fn require_token(&self) {
        self.shared.service.settings().is_token_required = true;
    }

    /// Hides the repository from requests without a token.
    pub(crate) fn make_private(&self) {
        self.shared.service.settings().is_private = true;
    }

    /// Renames the repository; the old name leads to the new one.
    pub(crate) fn rename(&self, owner_and_name: &str) {
        let mut settings = self.shared.service.settings();
        let former = std::mem::replace(&mut settings.full_name, owner_and_name.to_owned());
        settings.former_names.push(former);
    }

    /// Puts the API below a path such as `/api/v3`, and nowhere else.
    pub(crate) fn prefix(&self, prefix: &str) {
        self.shared.service.settings().prefix = prefix.to_owned();
    }

    /// Sets how many requests a window allows.
    pub(crate) fn limits(&self, limits: Limits) {
        self.shared.service.settings().limits = limits;
    }

    /// Makes the server's clock run ahead of the client's, or behind if negative.
    pub(crate) fn clock_ahead_s(&self, seconds: i64) {
        self.shared.service.clock.run_ahead(seconds);
    }
}

impl Drop for GithubServer {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // If it panicked, it has said so; here it matters only that its ports are free.
            let _ = thread.join();
        }
    }
}

/// Serves both hosts until `stopped` resolves, then drops every connection.
fn run(
    shared: &Arc<Shared>,
    api: TcpListener,
    archives: TcpListener,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        tokio::spawn(accept(shared.clone(), Host::Api, api));
        tokio::spawn(accept(shared.clone(), Host::Archive, archives));
        // It resolves when the other half is dropped.
        let _ = stopped.await;
    });
}

async fn accept(shared: Arc<Shared>, host: Host, listener: TcpListener) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                shared.log.connected();
                let shared = shared.clone();
                // A client may leave at any time; that is its right and no failure of ours.
                tokio::spawn(async move { serve(&shared, host, stream).await.ok() });
            }
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => panic!("the listener failed: {error}"),
        }
    }
}
