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
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    reads_english(&customer);
    reads_english(&freelancer);

    opens(&customer);
    assert_eq!(customer.status(), "Active");
    customer.region("Resolution Center").clicks("Resolution Center");
    customer.is_on("Resolution Center");
    customer.chooses("Cancel an order");
    customer.chooses("Get an order update");
    customer.clicks("Continue");
    customer.is_on("Get an update on an order");
    customer.clicks("Back");
    customer.is_on("Resolution Center");
    customer.chooses("Get an order update");
    customer.clicks("Continue");
    customer.fills("Comment", "How is it going?");
    customer.clicks("Send");
    customer.sees("Sent. Daan Bakker has until");

    freelancer.clicks("Notifications");
    freelancer.is_on("Notifications");
    freelancer.clicks("Open disputes");
    freelancer.region("Waiting for you").clicks(&format!("Answer {ORDER}"));
    freelancer.sees("If you do nothing");
    freelancer.fills("Comment", "Looking into it.");
    freelancer.clicks("Add comment");
    freelancer.sees("Your comment has been added. You have not answered yet");
    freelancer.fills("Comment", "The icon is done.");
    freelancer.clicks("Give update");
    freelancer.sees("Your update was sent");

    opens(&customer);
    assert_eq!(customer.status(), "Active");
    customer.region("Timeline").says("Daan Bakker gave an update.");
    customer.region("Resolution Center").clicks("Resolution Center");
    customer.chooses("Cancel an order");
    customer.clicks("Continue");
    customer.is_on("Ask to cancel the order");
    customer.picks("Reason", "I no longer need this");
    customer.fills("Comment", "We start over with another idea.");
    customer.clicks("Send");
    customer.sees("If Daan Bakker does not accept or decline, the order is cancelled automatically on");
    assert!(customer.main().offers("Withdraw"));

    freelancer.clicks("Open disputes");
    freelancer.region("Waiting for you").clicks(&format!("Answer {ORDER}"));
    assert!(freelancer.main().offers("Decline"));
    freelancer.clicks("Accept");
    freelancer.is_on("Do you agree to cancel?");
    freelancer.clicks("Accept");
    freelancer.sees("You agreed.");

    opens(&customer);
    assert_eq!(customer.status(), "Mutually cancelled");
    customer.region("Resolution Center").clicks("Contact customer service");
    customer.clicks("Account");
    customer.is_on("Account");
    customer.clicks("Sign out");
    customer.is_on("Sign in");
}
