//! Points in time, in the three spellings that `ChatKit` servers use.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The last year, of Python's `datetime` as well (`datetime.MAXYEAR`).
const MOST_YEARS: i16 = 9999;

/// A point in time, kept in the spelling in which it was received.
///
/// The reference server writes ISO 8601 without an offset (`datetime.now()`), others add `Z` or an
/// offset, and the hosted REST API counts unix seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Timestamp(Spelling);

#[derive(Clone, Debug, PartialEq)]
enum Spelling {
    Iso(String),
    Seconds(serde_json::Number),
}

impl Timestamp {
    /// The ISO 8601 spelling of an instant, in UTC with microseconds.
    pub fn iso(instant: jiff::Timestamp) -> Self {
        Self(Spelling::Iso(format!("{instant:.6}")))
    }

    /// The instant that is meant; a time without an offset is read as UTC, and one of the last day
    /// of the year 9999 as the last instant that is told apart (9999-12-30T22:00:00Z).
    ///
    /// `None` for a number that no calendar holds.
    pub fn instant(&self) -> Option<jiff::Timestamp> {
        match &self.0 {
            Spelling::Iso(text) => parse(text),
            Spelling::Seconds(number) => match number.as_i64() {
                Some(seconds) => jiff::Timestamp::from_second(seconds).ok(),
                None => jiff::Timestamp::UNIX_EPOCH
                    .checked_add(jiff::SignedDuration::try_from_secs_f64(number.as_f64()?).ok()?)
                    .ok(),
            },
        }
    }

    /// Whether it says by itself which instant it means.
    pub fn has_offset(&self) -> bool {
        match &self.0 {
            Spelling::Iso(text) => Pieces::parse(text).is_ok_and(|it| it.offset().is_some()),
            Spelling::Seconds(_) => true,
        }
    }

    /// Whole seconds since 1970, as the hosted REST API counts them.
    pub fn unix_seconds(&self) -> i64 {
        self.instant().map_or(0, jiff::Timestamp::as_second)
    }
}

fn parse(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok().or_else(|| {
        let read = text.parse().ok();
        let civil: DateTime = read.or_else(|| without_offset(text))?;
        // Python's `datetime.max`, by which servers say "never", is later than the last instant
        // that is the same day in every zone.
        let zoned = civil.to_zoned(TimeZone::UTC).ok();
        Some(zoned.map_or(jiff::Timestamp::MAX, |zoned| zoned.timestamp()))
    })
}

/// Date and time of a text with an offset, as they stand in it.
fn without_offset(text: &str) -> Option<DateTime> {
    let pieces = Pieces::parse(text).ok()?;
    let is_last = |date: &Date| date.year() == MOST_YEARS;
    let date = Some(pieces.date()).filter(is_last)?;
    Some(date.to_datetime(pieces.time()?))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, self.instant()) {
            (Spelling::Iso(text), _) => f.write_str(text),
            (Spelling::Seconds(_), Some(instant)) => instant.fmt(f),
            (Spelling::Seconds(number), None) => number.fmt(f),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Spelling::Iso(text) => serializer.serialize_str(text),
            Spelling::Seconds(number) => number.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Spellings)
    }
}

struct Spellings;

impl de::Visitor<'_> for Spellings {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ISO 8601 time or unix seconds")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        if parse(text).is_none() {
            return Err(E::invalid_value(de::Unexpected::Str(text), &self));
        }
        Ok(Timestamp(Spelling::Iso(text.to_owned())))
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
        Ok(Timestamp(Spelling::Seconds(seconds.into())))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
        Ok(Timestamp(Spelling::Seconds(seconds.into())))
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        serde_json::Number::from_f64(seconds)
            .map(|number| Timestamp(Spelling::Seconds(number)))
            .ok_or_else(|| E::invalid_value(de::Unexpected::Float(seconds), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Timestamp {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_spelling_survives_and_means_the_same_instant() {
        for json in [
            r#""2026-11-20T23:56:45""#,
            r#""2026-11-20T23:56:45Z""#,
            r#""2026-11-20T23:56:45.000000+00:00""#,
            r#""2026-11-21T01:56:45+02:00""#,
            "1795219005",
            "1795219005.0",
        ] {
            let time = read(json);
            assert_eq!(time.unix_seconds(), 1_795_219_005, "{json}");
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
        }
    }

    #[test]
    fn every_time_of_pythons_datetime_is_one() {
        // str and isoformat of datetime.min and datetime.max, and with the offsets that it knows.
        for json in [
            r#""0001-01-01T00:00:00""#,
            r#""0001-01-01T00:00:00+00:00""#,
            r#""0001-01-01T00:00:00+23:59""#,
            r#""0001-01-01T00:00:00-23:59""#,
            r#""9999-12-31T23:59:59""#,
            r#""9999-12-31T23:59:59Z""#,
            r#""9999-12-31T23:59:59.999999""#,
            r#""9999-12-31T23:59:59.999999+00:00""#,
            r#""9999-12-31T23:59:59.999999-23:59""#,
            r#""9999-12-31T23:59:59.999999+23:59""#,
        ] {
            let time = read(json);
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
            let offset = json[12..].contains(['+', '-', 'Z']);
            assert_eq!(time.has_offset(), offset, "{json}");
            let is_late = json.contains("9999");
            let now: jiff::Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
            assert_eq!(time.instant().unwrap() > now, is_late, "{json}");
        }
        for none in [
            r#""9999-13-31T23:59:59Z""#,
            r#""9999-12-31T23:59:61Z""#,
            r#""9999-12-31T25:59:59""#,
            r#""10000-01-01T00:00:00Z""#,
        ] {
            assert!(serde_json::from_str::<Timestamp>(none).is_err(), "{none}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        assert!(serde_json::from_str::<Timestamp>(r#""yesterday""#).is_err());
        assert!(serde_json::from_str::<Timestamp>("true").is_err());
        assert_eq!(read("99999999999999999").instant(), None);
    }
}
