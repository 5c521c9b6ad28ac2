//! Findings in SARIF 2.1.0 (OASIS), the format in which code hosts and editors take them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::store::{Finding, FindingLevel, RULES};

/// A whole log of one run.
pub(super) fn log(findings: &[Finding]) -> Value {
    let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
    let rule = |code: &&str| {
        let known = RULES.iter().find(|rule| rule.code == *code);
        let about = known.map_or_else(|| code.replace('_', " "), |rule| rule.about.to_owned());
        json!({ "id": code, "shortDescription": { "text": about } })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "driftless",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(rule).collect::<Vec<_>>(),
            } },
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let level = match finding.level {
        FindingLevel::Error => "error",
        FindingLevel::Warning => "warning",
        FindingLevel::Info | FindingLevel::Off => "note",
    };
    let mut location = json!({ "artifactLocation": { "uri": uri(&finding.key) } });
    if finding.line > 0 {
        location["region"] = json!({ "startLine": finding.line });
    }
    json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": location }],
    })
}

/// A key as a relative reference of RFC 3986.
fn uri(key: &str) -> String {
    use std::fmt::Write;

    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_a_reference_that_means_it() {
        assert_eq!(uri("a b/Café #1.md"), "a%20b/Caf%C3%A9%20%231.md");
    }
}
