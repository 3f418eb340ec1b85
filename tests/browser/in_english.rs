//! A journey in English, for a reader who chose it.

use crate::browser::Browser;
use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "App-icoon en splashscreen";

#[track_caller]
fn reads_english(browser: &Browser) {
    browser.clicks("Read this page in English");
    browser.is_on("Orders");
}

#[track_caller]
fn opens(browser: &Browser) {
    browser.clicks("Orders");
    browser.fills("Search", ORDER);
    browser.form("Search").clicks("Search");
    browser.clicks(&format!("View {ORDER}"));
    browser.is_on(ORDER);
}

#[test]
fn both_settle_it_in_english() {
    let (_demo, klant, freelancer) = Demo::for_both(Script::On, Script::On);
    reads_english(&klant);
    reads_english(&freelancer);

    opens(&klant);
    assert_eq!(klant.status(), "Active");
    klant.region("Resolution Center").clicks("Resolution Center");
    klant.is_on("Resolution Center");
    klant.chooses("Cancel an order");
    klant.chooses("Get an order update");
    klant.clicks("Continue");
    klant.is_on("Get an update on an order");
    klant.clicks("Back");
    klant.is_on("Resolution Center");
    klant.chooses("Get an order update");
    klant.clicks("Continue");
    klant.fills("Comment", "How is it going?");
    klant.clicks("Send");
    klant.sees("Sent. Daan Bakker sees your question now");

    freelancer.clicks("Notifications");
    freelancer.is_on("Notifications");
    freelancer.clicks("Open disputes");
    freelancer.region("Waiting for you").clicks(&format!("Answer {ORDER}"));
    freelancer.sees("If you do nothing");
    freelancer.form("Add comment").fills("Comment", "Looking into it.");
    freelancer.clicks("Add comment");
    freelancer.sees("Your comment was added.");
    freelancer.form("Give update").fills("Comment", "The icon is done.");
    freelancer.clicks("Give update");
    freelancer.sees("Your update was sent");

    opens(&klant);
    assert_eq!(klant.status(), "Active");
    klant.region("Timeline").says("Daan Bakker gave an update.");
    klant.region("Resolution Center").clicks("Resolution Center");
    klant.chooses("Cancel an order");
    klant.clicks("Continue");
    klant.is_on("Ask to cancel the order");
    klant.picks("Reason", "I no longer need this");
    klant.fills("Comment", "We start over with another idea.");
    klant.clicks("Send");
    klant.sees("If Daan Bakker does not answer, the order is cancelled on");
    assert!(klant.main().offers("Withdraw"));

    freelancer.clicks("Open disputes");
    freelancer.region("Waiting for you").clicks(&format!("Answer {ORDER}"));
    assert!(freelancer.main().offers("Decline"));
    freelancer.clicks("Accept");
    freelancer.is_on("Do you want to cancel this order?");
    freelancer.clicks("Accept");
    freelancer.sees("You agreed.");

    opens(&klant);
    assert_eq!(klant.status(), "Mutually cancelled");
    klant.region("Resolution Center").clicks("Contact customer service");
    klant.clicks("Account");
    klant.is_on("Account");
    klant.clicks("Sign out");
    klant.is_on("Sign in");
}
