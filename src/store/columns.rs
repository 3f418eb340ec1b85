//! Column types: timestamps, dates and short codes. They replace Diesel's own types, which cost more time and memory.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Date, Text, Timestamp};
use diesel::sqlite::{Sqlite, SqliteValue};

use crate::store::Error;
use crate::store::connection::{MultiBackend, MultiRawValue};

/// A timestamp column: UTC, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, FromSqlRow, AsExpression)]
#[diesel(sql_type = Timestamp)]
pub struct Moment(NaiveDateTime);

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.naive_utc())
    }
}

impl From<Moment> for DateTime<Utc> {
    fn from(at: Moment) -> Self {
        at.0.and_utc()
    }
}

/// A date column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = Date)]
pub(super) struct Day(pub NaiveDate);

/// Stores a type of Chrono in a column. On SQLite it is text, which Chrono parses slowly: that shows on a page with a
/// hundred moments. So `$read` parses it first, and Chrono only parses text in another form than ours.
macro_rules! keep_chrono {
    ($kept:ident($chrono:ty) as $sql:ty, $read:ident) => {
        impl FromSql<$sql, Pg> for $kept {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                FromSql::<$sql, Pg>::from_sql(value).map(Self)
            }
        }

        impl FromSql<$sql, Sqlite> for $kept {
            fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                $read(value.read_text()).map_or_else(|| FromSql::<$sql, Sqlite>::from_sql(value), Ok).map(Self)
            }
        }

        impl FromSql<$sql, MultiBackend> for $kept {
            fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }

        impl<DB: Backend> ToSql<$sql, DB> for $kept
        where
            $chrono: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }
    };
}

keep_chrono!(Moment(NaiveDateTime) as Timestamp, read_moment);
keep_chrono!(Day(NaiveDate) as Date, read_day);

/// Reads `2026-11-24`.
fn read_day(written: &str) -> Option<NaiveDate> {
    let (year, rest) = written.split_at_checked(4)?;
    let [b'-', _, _, b'-', _, _] = rest.as_bytes() else { return None };
    NaiveDate::from_ymd_opt(number(year)?.try_into().ok()?, number(&rest[1..3])?, number(&rest[4..6])?)
}

/// Reads `2026-11-24 13:05:00.123456`; a zero fraction may be left out.
fn read_moment(written: &str) -> Option<NaiveDateTime> {
    let (day, rest) = written.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [b' ', _, _, b':', _, _, b':', _, _] = time.as_bytes() else { return None };
    let micros = match (rest.strip_prefix('.'), rest) {
        (Some(digits), _) => number(digits)? * 10_u32.pow(u32::try_from(6_usize.checked_sub(digits.len())?).ok()?),
        (None, "") => 0,
        (None, _) => return None,
    };
    read_day(day)?.and_hms_micro_opt(number(&time[1..3])?, number(&time[4..6])?, number(&time[7..9])?, micros)
}

/// Parses a number that has only digits.
fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// A column with a code, such as a status or a reference, read straight into its type. A word that is no such code is
/// remembered as unknown, so that one bad row does not fail the statement that found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub(super) struct Coded<T>(Option<T>);

impl<T> Coded<T> {
    /// The value, where the column has a code of its type.
    pub(super) fn known(self) -> Option<T> {
        self.0
    }

    /// The value; `column` is named in the error when there is none.
    pub(super) fn or_corrupt(self, column: &str) -> Result<T, Error> {
        self.0.ok_or_else(|| Error::corrupt(column))
    }
}

impl<T> From<T> for Coded<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T: FromStr> FromSql<Text, Pg> for Coded<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(std::str::from_utf8(value.as_bytes())?.parse().ok()))
    }
}

impl<T: FromStr> FromSql<Text, Sqlite> for Coded<T> {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_text().parse().ok()))
    }
}

impl<T: FromStr> FromSql<Text, MultiBackend> for Coded<T> {
    fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Text>()
    }
}

impl<T: AsRef<str> + std::fmt::Debug, DB: Backend> ToSql<Text, DB> for Coded<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_ref().ok_or("an unknown code is never written")?.as_ref().to_sql(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written_and_nothing_else_is() {
        for written in
            ["2026-11-24 13:05:00", "2026-02-28 23:59:59.5", "2026-01-01 00:00:00.000001", "2026-12-31 09:08:07.120"]
        {
            let read = read_moment(written).unwrap();
            assert_eq!(
                read,
                written.parse::<NaiveDateTime>().unwrap_or_else(|_| written.replace(' ', "T").parse().unwrap())
            );
        }
        for nonsense in [
            "",
            "2026-11-24",
            "2026-11-24T13:05:00",
            "2026-13-24 13:05:00",
            "2026-11-24 13:05:00.",
            "2026-11-24 13:05:00.1234567",
            "2026-11-24 24:05:00",
            "+026-11-24 13:05:00",
            "2026-11-24 13:05:00.+1",
            "2026-11-24 13:05:0é",
        ] {
            assert_eq!(read_moment(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_day_is_read_as_it_is_written_and_nothing_else_is() {
        assert_eq!(read_day("2028-02-29"), NaiveDate::from_ymd_opt(2028, 2, 29));
        for nonsense in ["", "2026", "2026-1-1", "2026-11-245", "2026-02-29", "2026/11/24", "é26-11-24", "2026-é-24"]
        {
            assert_eq!(read_day(nonsense), None, "{nonsense}");
        }
    }
}
