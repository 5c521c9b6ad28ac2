//! The dry run: what a sync would do, shown.

use serde::Serialize;

use super::failure::{Exit, Failure};
use super::job_answer::draw_list;
use super::output::{Cell, Output, Sheet, Tone, count, plural};
use crate::engine::Plan;

/// A plan that cannot be taken for a report.
#[derive(Serialize)]
struct PlanAnswer<'a> {
    dry_run: bool,
    #[serde(flatten)]
    plan: &'a Plan,
}

/// Shows plans, one a source; gives what the program ends with.
pub(super) fn show(plans: &[Plan], is_shown: bool, output: &Output) -> Result<Exit, Failure> {
    let draw = |sheet: &mut Sheet| plans.iter().for_each(|plan| draw(sheet, plan));
    match plans {
        [plan] if is_shown => output.show(&PlanAnswer { dry_run: true, plan }, draw)?,
        plans if is_shown => {
            output.show(&serde_json::json!({ "dry_run": true, "plans": plans }), draw)?;
        }
        _ => {}
    }
    let needs_attention =
        |plan: &Plan| plan.rejected > 0 || plan.deletions_withheld || !plan.gaps.is_empty();
    Ok(Exit::attention(plans.iter().any(needs_attention)))
}

fn draw(sheet: &mut Sheet, plan: &Plan) {
    sheet.parts(&[(Tone::Good, "Dry run"), (Tone::Plain, ": "), (Tone::Strong, &plan.source)]);
    sheet.dim("nothing was written");
    sheet.heading("Items");
    let deleted = match (plan.deletions_withheld, plan.renamed) {
        (true, _) => "withheld: they need approval, or a complete listing".to_owned(),
        (false, 0) => String::new(),
        (false, renamed) => format!("{} renamed", count(renamed)),
    };
    let rows = [
        ("listed", plan.listed, String::new()),
        ("would be added", plan.added, String::new()),
        ("would be changed", plan.changed, String::new()),
        ("unchanged", plan.unchanged, String::new()),
        ("skipped", plan.skipped, String::new()),
        ("rejected", plan.rejected, String::new()),
        ("would be deleted", plan.deleted, deleted),
    ];
    sheet.plain_table(rows.into_iter().map(|(name, number, note)| {
        vec![Cell::from(name).tone(Tone::Dim), number.into(), Cell::from(note).tone(Tone::Warn)]
    }));
    if let Some(fetch) = &plan.fetch {
        sheet.heading("Would be fetched");
        sheet.line(&format!(
            "  {}, {}: {}",
            plural(fetch.items, "item"),
            plural(fetch.bytes, "byte"),
            fetch.way
        ));
    }
    if let Some(traffic) = &plan.traffic {
        sheet.dim(&format!("asked for this plan: {}", plural(traffic.requests, "request")));
    }
    draw_changes(sheet, plan);
    draw_list(sheet, "Not listed", &plan.gaps);
}

fn draw_changes(sheet: &mut Sheet, plan: &Plan) {
    if plan.changes.is_empty() {
        return;
    }
    sheet.heading("Changes");
    sheet.plain_table(plan.changes.iter().map(|change| {
        let tone = match change.action {
            "add" => Tone::Good,
            "reject" | "delete" => Tone::Bad,
            _ => Tone::Warn,
        };
        let detail = Cell::from(change.detail.as_str()).tone(Tone::Dim);
        vec![Cell::from(change.action).tone(tone), change.key.as_str().into(), detail]
    }));
    let is_cut = plan.changes.len() as u32 >= crate::engine::REPORT_LINES;
    if is_cut {
        sheet.dim(&format!(
            "  the first {}; the numbers above count all",
            plural(plan.changes.len() as u64, "change")
        ));
    }
}
