//! The commands about orders: what the marketplace may know of them, and nothing of a question.

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use strum::VariantNames;

use crate::cli::output::say;
use crate::cli::{Database, now, open};
use crate::domain::{ExternalId, Reference};
use crate::operations::marketplace::orders::{self as marketplace, SeenOrder};
use crate::operations::orders::support::{self, Closing};
use crate::store::Store;

#[derive(Subcommand)]
pub(super) enum OrderCommand {
    /// Shows one order as the marketplace sees it.
    Show {
        /// The marketplace's number of the order, or ours.
        number: String,
        #[command(flatten)]
        database: Database,
    },
    /// Lists the orders as the marketplace sees them.
    List {
        /// Only those that changed since this moment, for instance 2026-11-24T00:00:00Z.
        #[arg(long, value_name = "MOMENT")]
        changed_since: Option<DateTime<Utc>>,
        /// As CSV, with the column names of `import`.
        #[arg(long)]
        csv: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Closes an order for customer service. Both parties are told, and an open question needs no answer any more.
    Close {
        /// The marketplace's number of the order, or ours.
        number: String,
        /// How it ends.
        #[arg(long = "as", value_name = "STATUS", value_parser = closing())]
        how: Closing,
        #[command(flatten)]
        database: Database,
    },
}

fn closing() -> impl TypedValueParser<Value = Closing> {
    PossibleValuesParser::new(Closing::VARIANTS).try_map(|how| how.parse::<Closing>())
}

pub(super) fn run(command: &OrderCommand) -> Result<()> {
    match command {
        OrderCommand::Show { number, database } => show(&open(&database.target()?)?, number),
        OrderCommand::List { changed_since, csv, database } => list(&open(&database.target()?)?, *changed_since, *csv),
        OrderCommand::Close { number, how, database } => close(&open(&database.target()?)?, number, *how),
    }
}

fn find(store: &Store, number: &str) -> Result<Reference> {
    support::find(store, number)?.with_context(|| format!("there is no order {number}"))
}

fn show(store: &Store, number: &str) -> Result<()> {
    let seen = marketplace::find(store, find(store, number)?, now().app)?;
    let seen = seen.with_context(|| format!("there is no order {number}"))?;
    for (name, value) in COLUMNS.iter().zip(values(&seen)).filter(|(_, value)| !value.is_empty()) {
        say!("{name:<17} {value}");
    }
    Ok(())
}

/// The names of [`values`]: those of `import`, so that a list can be read in elsewhere.
const COLUMNS: [&str; 13] = [
    "external_id",
    "reference",
    "title",
    "price",
    "currency",
    "placed_at",
    "delivery_date",
    "status",
    "status_since",
    "customer_id",
    "customer_email",
    "freelancer_id",
    "freelancer_email",
];

fn values(seen: &SeenOrder) -> [String; 13] {
    let order = &seen.order;
    let id = |id: &Option<ExternalId>| id.as_ref().map(ToString::to_string).unwrap_or_default();
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    [
        id(&order.external_id),
        order.reference.to_string(),
        order.title.clone(),
        order.price.decimal(),
        order.price.currency.as_ref().to_owned(),
        moment(order.placed_at),
        order.delivery_date.to_string(),
        seen.view.status.code().to_owned(),
        moment(seen.view.status_since),
        id(&seen.customer.0),
        seen.customer.1.clone(),
        id(&seen.freelancer.0),
        seen.freelancer.1.clone(),
    ]
}

fn list(store: &Store, since: Option<DateTime<Utc>>, is_csv: bool) -> Result<()> {
    let mut csv = csv::Writer::from_writer(std::io::stdout());
    // As with every other line, nothing can be done about one that cannot be printed.
    let mut row = |values: &[String]| drop(csv.write_record(values).and_then(|()| Ok(csv.flush()?)));
    if is_csv {
        row(&COLUMNS.map(ToOwned::to_owned));
    }
    marketplace::each(store, since, now().app, |seen| {
        let values = values(seen);
        if is_csv {
            row(&values);
        } else {
            let [_, _, title, price, _, _, date, status, ..] = values;
            say!("{:<14} {status:<18} {price:>12}  {date}  {title}", seen.order.known_as());
        }
    })?;
    Ok(())
}

fn close(store: &Store, number: &str, how: Closing) -> Result<()> {
    let reference = find(store, number)?;
    ensure!(support::close(store, reference, how, now().app)?, "{number} is closed already");
    say!("{number} is closed, and both parties are told.");
    Ok(())
}
