//! Export-Report: a page to hand on, of what is wasted or of what there is.

use std::sync::Arc;

use super::parse::Origin;
use super::rows::Reading;
use super::stage::read;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{Written, typed};
use crate::report::{self, Prices};
use crate::tenant::Permission;
use crate::value::Value;

static PATH: Param<PathName> =
    Param::new("Path", "The file; one called tenant.html is an inventory.")
        .aliases(&["FilePath", "LiteralPath"])
        .position(0);
static REPORT: Param<Option<Arc<str>>> = Param::new(
    "Report",
    "What it is about; without it the file's name says so, and else Savings.",
)
.choice(&["Savings", "Tenant"]);
static AS: Param<Option<Arc<str>>> = Param::new(
    "As",
    "The format; without it the file's extension says so, and else html.",
)
.choice(&["html", "md", "json"]);
static PRICES: Param<Option<PathName>> = Param::new(
    "Prices",
    "A CSV with the columns Sku and PricePerSeat (a month), and Currency if you like.",
);
static DAYS: Param<Option<i64>> = Param::new(
    "Days",
    "How long without a sign-in counts as unused. Without it: 90.",
);
static NO_CLOBBER: Param<bool> = Param::new("NoClobber", "Refuses a file that is there already.");
static WHAT_IF: Param<bool> =
    Param::new("WhatIf", "Says which file it would write.").aliases(&["wi"]);

pub static EXPORT_REPORT: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Report",
    aliases: &[],
    synopsis: "Writes a report to hand on: savings, or an inventory",
    description: "Savings: seats and money that are wasted, by reason, product and department, what would be lost by saving \
                  them, the people, and the lines that would do it. Each seat counts once, under the first reason that holds: \
                  sign-in is disabled, never or long not signed in and known so, included in another product, assigned to \
                  nobody. The page stands alone: no network, no script from elsewhere, light and dark, fit to be printed.",
    parameters: &[
        &PATH.declaration,
        &REPORT.declaration,
        &AS.declaration,
        &PRICES.declaration,
        &DAYS.declaration,
        &NO_CLOBBER.declaration,
        &WHAT_IF.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[
        Example {
            line: "Export-Report savings.html -WhatIf",
            explanation: "What could be saved, as a page.",
        },
        Example {
            line: "Export-Report tenant.md -WhatIf",
            explanation: "What there is, as Markdown.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let name = args.get(&PATH);
    let path = typed(&name);
    let part = |part: Option<&std::ffi::OsStr>| {
        part.and_then(std::ffi::OsStr::to_str)
            .unwrap_or_default()
            .to_lowercase()
    };
    let kind = args
        .get(&REPORT)
        .map_or_else(|| part(path.file_stem()), |own| own.to_lowercase());
    let format = args
        .get(&AS)
        .map_or_else(|| part(path.extension()), |own| own.to_lowercase());
    let days = args.get(&DAYS).unwrap_or(90);
    if days < 1 {
        return Err(
            Diagnostic::usage("InvalidArgument", format!("-Days can't be {days}"))
                .hint("a number of days, such as 90")
                .into(),
        );
    }
    let prices = match args.get(&PRICES) {
        Some(file) => read_prices(call, &file)?,
        None => Prices::default(),
    };
    let tenant = call.tenant();
    let now = call.session().borrow().tenant_now();
    call.check_interrupt()?;
    let made = match kind == "tenant" {
        true => report::inventory(&tenant, now),
        false => report::savings(&tenant, now, days, &prices),
    };
    call.check_interrupt()?;
    let text = match &*format {
        "md" | "markdown" => report::markdown(&made),
        "json" => report::json(&made),
        _ => report::html(&made),
    };
    let files = call
        .session()
        .borrow()
        .files
        .clone()
        .rehearsing(args.get(&WHAT_IF));
    match files.write(&path, text.as_bytes(), args.get(&NO_CLOBBER))? {
        Written::Done => call.write(Value::from(path.display().to_string())),
        Written::WouldWrite(sentence) => {
            call.session().borrow_mut().console.notice(&sentence);
            Ok(())
        }
    }
}

/// The prices of a CSV, one product a row.
fn read_prices(call: &mut Call, file: &PathName) -> Result<Prices, Flow> {
    let text = read(call, file)?;
    let rows = Reading::plain().rows(&text.content, Origin(Some(&text.name())))?;
    let mut prices = Prices::default();
    for (place, row) in rows.iter().enumerate() {
        let cell = |names: &[&str]| {
            let found = names.iter().find_map(|name| row.property(name));
            found
                .map(|value| value.to_text().trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let sku = cell(&["Sku", "SkuPartNumber", "Product"]);
        let price = cell(&["PricePerSeat", "Price"]);
        let wrong = |what: &str| {
            Diagnostic::new(
                "InvalidPrice",
                Category::InvalidData,
                format!("{}: row {}: {what}", text.name(), place + 2),
            )
            .hint("a CSV of prices has the columns Sku and PricePerSeat: SPE_E3,36.00")
        };
        let (Some(sku), Some(price)) = (sku, price) else {
            return Err(wrong("no Sku or no PricePerSeat").into());
        };
        let Some(hundredths) = hundredths(&price) else {
            return Err(wrong(&format!("'{price}' is no price")).into());
        };
        prices.set(&sku, hundredths);
        if let Some(currency) = cell(&["Currency"]) {
            if !prices.currency.is_empty() && prices.currency != currency {
                return Err(wrong("prices of two currencies can't be added").into());
            }
            prices.currency = currency;
        }
    }
    Ok(prices)
}

/// `36`, `36.5` and `36,50` in hundredths; nothing finer.
fn hundredths(price: &str) -> Option<i64> {
    let (whole, part) = price.split_once(['.', ',']).unwrap_or((price, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        for (text, price) in [
            ("36", Some(3600)),
            ("36.5", Some(3650)),
            ("36,05", Some(3605)),
            ("1.234,00", None),
            ("-1", None),
            ("3.333", None),
            ("", None),
        ] {
            assert_eq!(hundredths(text), price, "{text}");
        }
    }
}
