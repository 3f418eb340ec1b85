//! Maps: what the columns and values of another program's export mean. `docs/examples` has three of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::csv::StringRecord;
use chrono::Days;
use chrono_tz::Tz;
use serde::Deserialize;

use crate::import::columns::{CSV, plain};
use crate::import::problem::shown;
use crate::import::values;

/// The word of a map for a line that is to be left out.
const LEAVE_OUT: &str = "leave out";

/// A map, as its file says it. Every key is one of our columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Where our column comes from: one of theirs, or several, put together with spaces.
    columns: BTreeMap<String, Theirs>,
    /// What their values mean: ours, or "leave out" for a line that is no order of ours. A value that is not named stays
    /// as it is.
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// What our column is when that column of theirs is filled.
    #[serde(default)]
    when_filled: BTreeMap<String, BTreeMap<String, String>>,
    /// What our column always is.
    #[serde(default)]
    fixed: BTreeMap<String, String>,
    /// The delivery date, as days after the order was placed.
    delivery_days: Option<u16>,
    /// Whether further lines of one order tell only its other articles.
    #[serde(default)]
    first_line_of_an_order: bool,
}

/// A column of theirs, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Theirs {
    One(String),
    Several(Vec<String>),
}

impl Theirs {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// A map against the header row of a file.
pub(super) struct MappedHeader {
    map: Map,
    columns: usize,
    /// Our columns with the places of theirs.
    places: Vec<(&'static str, Vec<usize>)>,
    /// Our columns with the place of one of theirs, and the value when that is filled.
    filled: Vec<(&'static str, usize, String)>,
}

/// A row as a map reads it.
pub(super) enum Mapped<'a> {
    Fields(Vec<(&'static str, Cow<'a, str>)>),
    LeftOut,
}

impl Map {
    /// Reads a map.
    ///
    /// # Errors
    ///
    /// What is wrong in it, in words.
    pub fn parse(toml: &str) -> Result<Self, String> {
        let map: Self = toml::from_str(toml).map_err(|error| error.to_string().trim().to_owned())?;
        let ours = map.columns.keys().chain(map.values.keys()).chain(map.when_filled.keys()).chain(map.fixed.keys());
        match ours.into_iter().find(|name| CSV.find(name).is_none()) {
            Some(unknown) => {
                Err(format!("{} is not one of our columns, which are {}", shown(unknown), CSV.names.join(", ")))
            }
            None => Ok(map),
        }
    }

    /// Whether the map names that column of theirs.
    pub(super) fn names(&self, theirs: &str) -> bool {
        let named = self.columns.values().flat_map(Theirs::names);
        named.chain(self.when_filled.values().flat_map(BTreeMap::keys)).any(|name| plain(name) == plain(theirs))
    }

    /// Whether only the first line of an order counts.
    pub(super) fn takes_the_first(&self) -> bool {
        self.first_line_of_an_order
    }

    /// Finds every column that the map names in a header row; the error says which are not there.
    pub(super) fn header(&self, row: &StringRecord) -> Result<MappedHeader, Vec<String>> {
        let names: Vec<String> = row.iter().map(plain).collect();
        let (mut places, mut filled, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let mut place = |theirs: &String, ours: &str| {
            let found = names.iter().position(|name| *name == plain(theirs));
            if found.is_none() {
                missing.push(format!("there is no column {}, which the map names for {ours}", shown(theirs)));
            }
            found
        };
        for (ours, theirs) in &self.columns {
            let Some(ours) = CSV.find(ours) else { continue };
            places.push((ours, theirs.names().iter().filter_map(|name| place(name, ours)).collect()));
        }
        for (ours, columns) in &self.when_filled {
            let Some(ours) = CSV.find(ours) else { continue };
            for (theirs, value) in columns {
                filled.extend(place(theirs, ours).map(|at| (ours, at, value.clone())));
            }
        }
        if missing.is_empty() {
            Ok(MappedHeader { map: self.clone(), columns: row.len(), places, filled })
        } else {
            Err(missing)
        }
    }
}

impl MappedHeader {
    /// The number of columns of the file.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// What a row says in our columns.
    pub fn fields<'a>(&self, row: &'a StringRecord, time_zone: Tz) -> Mapped<'a> {
        let mut fields: BTreeMap<&'static str, Cow<'a, str>> = BTreeMap::new();
        for (ours, places) in &self.places {
            let written = match &places[..] {
                [one] => Cow::Borrowed(row.get(*one).unwrap_or_default()),
                several => {
                    let parts = several.iter().filter_map(|at| row.get(*at)).map(str::trim);
                    Cow::Owned(parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
                }
            };
            let meaning = self.map.values.get(*ours).and_then(|values| values.get(written.trim()));
            fields.insert(ours, meaning.map_or(written, |meaning| Cow::Owned(meaning.clone())));
        }
        for (ours, value) in &self.map.fixed {
            if let Some(ours) = CSV.find(ours) {
                let there = fields.entry(ours).or_default();
                if there.trim().is_empty() {
                    *there = Cow::Owned(value.clone());
                }
            }
        }
        for (ours, at, value) in &self.filled {
            if row.get(*at).is_some_and(|written| !written.trim().is_empty()) {
                fields.insert(ours, Cow::Owned(value.clone()));
            }
        }
        if let (Some(days), Some(placed_at)) = (self.map.delivery_days, fields.get("placed_at"))
            && let Ok(placed_on) = values::date(placed_at, time_zone)
        {
            let due = placed_on + Days::new(days.into());
            fields.entry("delivery_date").or_insert_with(|| Cow::Owned(due.to_string()));
        }
        if fields.values().any(|value| value == LEAVE_OUT) {
            Mapped::LeftOut
        } else {
            Mapped::Fields(fields.into_iter().collect())
        }
    }
}
