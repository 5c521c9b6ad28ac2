//! Death while a table is read: the same job goes on behind its last checkpoint, and deletes
//! exactly what is gone.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use driftless::fingerprint::Digest;

use crate::kills::seed;
use crate::oracle::{Remains, tables, wait_until_decided, wrong_at_end};
use crate::points::{ONLY_WHILE_MADE, ONLY_WITH_DELETIONS, points_of_rows};
use crate::table::Table;
use crate::victim::{Answer, Victim};

/// Kills at moments that nobody chose, for each size of page and group.
const KILLS: usize = 20;

/// Rows that are read and committed together, and how many there are in all.
const SIZES: [(usize, i64); 3] = [(1, 100), (50, 700), (500, 2_000)];

/// Most of the time is then spent inside a transaction.
const SLOW: &str = "store::commit=sleep(2)";

/// What a run starts from, and must end at.
struct Run {
    table: Table,
    expected: Digest,
    /// Rows that the store had before, and that nobody has deleted.
    standing: BTreeSet<i64>,
    gone: BTreeSet<i64>,
    /// Items that it has to write or to delete.
    writes: usize,
    is_first: bool,
}

impl Run {
    /// A first sync of a table.
    fn first(seed: u64, (together, rows): (usize, i64)) -> Self {
        let table = Table::of(seed, rows, together);
        let (expected, writes) = (table.rebuilt(), table.ids().len());
        let (standing, gone) = <_>::default();
        Self { table, expected, standing, gone, writes, is_first: true }
    }

    /// A later sync: some rows have changed, some are gone, some are new.
    fn later(seed: u64, (together, rows): (usize, i64)) -> Self {
        let mut table = Table::of(seed, rows, together);
        let before = table.ids();
        table.run("");
        table.keep();
        let gone = table.change();
        let expected = table.rebuilt();
        let standing = before.difference(&gone).copied().collect();
        let writes = gone.len() * 8;
        Self { table, expected, standing, gone, writes, is_first: false }
    }

    fn begin(&self) {
        if self.is_first { self.table.forget() } else { self.table.restore() }
    }

    /// What is wrong after a job ended that went on from `remains`.
    fn wrong(&self, answer: &Answer, remains: &Remains) -> Vec<String> {
        let (table, none) = (&self.table, BTreeSet::new());
        let rows = table.ids().len();
        let mut wrong = wrong_at_end(&table.store(), rows, answer, remains, &none, self.expected);
        let Ok(report) = &answer.result else { return wrong };
        let counters = &report["counters"];
        // One that was killed in its last moment had ended, and this is a later one.
        let connection = tables(&table.store()).expect("a store");
        let jobs = connection.query_row("select count(*) from job", [], |row| row.get(0));
        let is_one_job = jobs.is_ok_and(|jobs: i64| jobs == 1);
        if self.is_first && is_one_job && counters["written"] != rows {
            wrong.push(format!("not all of {rows} rows count as written: {counters}"));
        }
        // The table has been at rest: whatever was a candidate is gone.
        if counters["found_again"] != 0 {
            wrong.push(format!("rows that stand were candidates: {counters}"));
        }
        let stones = "select count(*) from item where outcome = 'deleted'";
        let stones: i64 = connection.query_row(stones, [], |row| row.get(0)).expect("a count");
        if stones != self.gone.len() as i64 {
            wrong.push(format!("{stones} rows deleted of {}", self.gone.len()));
        }
        wrong
    }

    fn after_death(&self, context: &str) -> Remains {
        let wrong = self.table.wrong_after_death(&self.standing);
        assert!(wrong.is_empty(), "{context}: {wrong:#?}");
        Remains::read(&self.table.store())
    }

    /// Kills the victim at a random moment; false if it ended first.
    fn kill_somewhen(&mut self, mut victim: Victim, usual: Duration) -> bool {
        if self.table.dice.below(2) == 0 {
            let usual = usual.as_micros().try_into().expect("a short time");
            thread::sleep(Duration::from_micros(self.table.dice.below(usual) as u64));
            return victim.kill();
        }
        // By what it has done: this hits late moments as often as early ones.
        let decided = Remains::read(&self.table.store()).decided();
        let left = self.writes.saturating_sub(decided);
        let enough = decided + self.table.dice.below(left + 1);
        wait_until_decided(&self.table.store(), enough, &mut victim);
        victim.kill()
    }

    /// Kills jobs again and again; every few times one may end, and all is looked at.
    fn kill(mut self, context: &str) {
        self.begin();
        let begun = Instant::now();
        self.table.run(SLOW);
        let usual = begun.elapsed();
        self.begin();
        let mut killed = 0;
        while killed < KILLS {
            let remains = Remains::read(&self.table.store());
            let may_end = self.table.dice.below(6) == 0;
            if may_end {
                let answer = self.table.run("");
                let wrong = self.wrong(&answer, &remains);
                assert!(wrong.is_empty(), "{context}, after {killed} kills: {wrong:#?}");
                self.begin();
                continue;
            }
            let victim = self.table.start(SLOW);
            if self.kill_somewhen(victim, usual) {
                killed += 1;
                // Half the time the next process is the first to see what is left.
                let after = match self.table.dice.below(2) {
                    0 => self.after_death(context),
                    _ => Remains::read(&self.table.store()),
                };
                let same = remains.job.zip(after.job).is_none_or(|(one, other)| {
                    one.state.starts_with("completed") || one.uid == other.uid
                });
                assert!(same, "{context}, after {killed} kills: another job");
            } else {
                self.begin();
            }
        }
        let remains = Remains::read(&self.table.store());
        let answer = self.table.run("");
        let wrong = self.wrong(&answer, &remains);
        assert!(wrong.is_empty(), "{context}, after {killed} kills: {wrong:#?}");
    }

    /// Dies at every point that a job passes; `unseen` are those that this one does not.
    fn die_everywhere(&self, unseen: &[&str]) {
        for point in points_of_rows() {
            for nth in [0, 5] {
                self.begin();
                let mut victim = self.table.start(&format!("{point}={nth}*off->return(die)"));
                let died = !victim.wait().success();
                if nth == 0 {
                    let expected = !unseen.contains(&point.as_str());
                    assert_eq!(died, expected, "whether {point} is passed");
                }
                if died {
                    let context = format!("{point}, passed {nth} times before");
                    let remains = self.after_death(&context);
                    let wrong = self.wrong(&self.table.run(""), &remains);
                    assert!(wrong.is_empty(), "{context}: {wrong:#?}");
                }
            }
        }
    }
}

#[test]
fn a_first_sync_of_rows_that_is_killed_at_any_moment_ends_as_if_nothing_had_happened() {
    for size in SIZES {
        let seed = seed();
        Run::first(seed, size).kill(&format!("DRIFTLESS_SEED={seed}, {size:?}"));
    }
}

#[test]
fn a_later_sync_of_rows_that_is_killed_at_any_moment_deletes_what_is_gone_and_nothing_else() {
    for size in SIZES {
        let seed = !seed();
        Run::later(seed, size).kill(&format!("DRIFTLESS_SEED={}, {size:?}", !seed));
    }
}

#[test]
fn a_first_sync_of_rows_goes_on_after_death_at_any_point() {
    Run::first(51, (50, 400)).die_everywhere(&ONLY_WITH_DELETIONS);
}

#[test]
fn a_later_sync_of_rows_goes_on_after_death_at_any_point() {
    Run::later(52, (50, 400)).die_everywhere(&ONLY_WHILE_MADE);
}

/// The key behind which a job goes on, if it has come so far.
fn cursor(table: &Table) -> Option<i64> {
    let connection = tables(&table.store())?;
    let query = "select cast(cursor as integer) from checkpoint where cursor is not null";
    connection.query_row(query, [], |row| row.get(0)).ok()
}

#[test]
fn rows_before_the_last_checkpoint_are_written_again_only_if_they_have_changed() {
    let seed = seed();
    let mut table = Table::of(seed, 1_500, 25);
    let mut behind = 0;
    while behind < 6 {
        table.forget();
        let enough = 100 + table.dice.below(1_200);
        let mut victim = table.start(SLOW);
        wait_until_decided(&table.store(), enough, &mut victim);
        let was_at_work = victim.kill();
        let Some(cursor) = cursor(&table).filter(|_| was_at_work) else { continue };
        behind += 1;
        let before = table.stored();
        let changed = cursor / 2;
        table.put(1..=changed);
        let answer = table.run("").result.expect("a report");
        let context = format!("DRIFTLESS_SEED={seed}, going on behind {cursor}");
        assert_eq!((&answer["attempt"], &answer["counters"]["listed"]), (&2.into(), &1_500.into()));
        assert_eq!(answer["counters"]["written"], 1_500, "{context}");
        let after = table.stored();
        let stale: Vec<_> = (1..=changed).filter(|id| after.get(id) == before.get(id)).collect();
        assert!(stale.is_empty(), "{context}: {stale:?} are as they were");
        assert!(cursor > 0 && after.len() == 1_500, "{context}");
        let again = "select count(*) from item where attempt = 2 and cast(key as integer) between \
                     ?1 and ?2";
        let connection = tables(&table.store()).expect("a store");
        let again = connection.query_row(again, (changed + 1, cursor), |row| row.get::<_, i64>(0));
        assert_eq!(again.expect("a count"), 0, "{context}: rows were written again in vain");
        // The next one finds nothing left to do.
        let next = table.run("").result.expect("a report");
        assert_eq!(next["counters"]["written"], 0, "{context}");
    }
}
