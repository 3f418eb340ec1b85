//! Calendars on the nights on which clocks change, and at their size.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use oplossingscentrum::domain::Status;

use crate::calendar::entries_at;
use crate::calendar::named;
use crate::ics::When;
use crate::ics::entries;
use crate::world::World;

#[test]
fn a_calendar_stops_at_some_hundred_entries_the_soonest_first() {
    let world = World::new();
    let freelancer = world.freelancer();
    let far = world.order().due_in(300).active();
    for day in 0..101 {
        world.order().due_in(day).active();
    }
    let found = entries_at(&world, &freelancer.makes_a_calendar());
    assert_eq!(found.len(), 100);
    assert!(!found.iter().any(|entry| entry.uid.starts_with(&far.to_string())));
}

#[test]
fn local_times_mean_the_moment_of_the_deadline_on_each_night_the_clocks_change() {
    let at = |written: &str| written.parse::<DateTime<Utc>>().unwrap();
    let world = World::new();
    let freelancer = world.freelancer();
    let address = freelancer.makes_a_calendar();
    let (mut zoned, mut in_utc) = (0, 0);
    for (change, zones) in [
        ("2027-02-07T02:00:00Z", &["Africa/Casablanca", "Asia/Kolkata"][..]),
        ("2027-03-14T02:00:00Z", &["Africa/Casablanca"]),
        ("2027-03-14T05:30:00Z", &["America/St_Johns"]),
        ("2027-03-28T01:00:00Z", &["Europe/Amsterdam", "Europe/Dublin", "UTC"]),
        ("2027-04-03T15:00:00Z", &["Australia/Lord_Howe"]),
        ("2027-10-02T15:30:00Z", &["Australia/Lord_Howe", "Europe/Amsterdam"]),
        ("2027-10-31T01:00:00Z", &["Europe/Amsterdam", "Europe/Dublin"]),
        ("2027-11-07T04:30:00Z", &["America/St_Johns"]),
    ] {
        let change = at(change);
        world.it_is(change - TimeDelta::hours(48) - TimeDelta::minutes(70));
        let mut asked = Vec::new();
        for _ in 0..8 {
            asked.push(world.order().due_in(-40).up_to(Status::InDispute));
            world.seconds_pass(20 * 60);
        }
        for zone in zones {
            let form = freelancer.sees("/account").form("/account").choose("time_zone", zone);
            freelancer.done(&form);
            let text = world.visitor().sees(&address).html;
            assert!(text.contains(&format!("\r\nTZID:{zone}\r\n")), "{zone}");
            let found = entries(&text);
            for order in &asked {
                let respond_by = world.dispute(order, 1).respond_by.trunc_subsecs(0);
                let entry = named(&found, &format!("{order}.1"));
                let (Some(When::Moment(end, local)), When::Moment(start, also)) = (entry.end, entry.start) else {
                    panic!("{entry:?}")
                };
                assert_eq!((end, start), (respond_by, respond_by - TimeDelta::minutes(30)), "{zone}");
                assert_eq!(local, also);
                *if local { &mut zoned } else { &mut in_utc } += 1;
            }
        }
    }
    // In UTC only what ends or begins in an hour that comes a second time.
    assert!(zoned > 70 && (10..40).contains(&in_utc), "{zoned} {in_utc}");
}
