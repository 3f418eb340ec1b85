//! Two-step sign-in: set up, signed in with a code, and once with a recovery code.

use chrono::{TimeDelta, Utc};
use oplossingscentrum::operations::accounts::totp;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::own_account::judges;
use crate::people::Person;

impl Browser {
    /// Signs in with the password, up to the page that asks for the code.
    #[track_caller]
    fn gives_password(&self) {
        self.fills("E-mailadres", Person::Klant.email());
        self.fills("Wachtwoord", "oplossing-demo");
        self.form("Inloggen").clicks("Inloggen");
        self.is_on("Vul je code in");
    }

    /// Types that code, which is right.
    #[track_caller]
    fn signs_in_with(&self, code: &str) {
        self.fills("Code", code);
        self.form("Inloggen").clicks("Inloggen");
        self.is_on("Bestellingen");
    }
}

/// The app's code some steps of thirty seconds from now.
#[expect(clippy::disallowed_methods, reason = "the phone has a clock of its own")]
fn code(secret: &str, steps: i64) -> String {
    totp::code(secret, Utc::now() + TimeDelta::seconds(30 * steps)).expect("it is a secret")
}

#[test]
fn somebody_signs_in_with_a_code_and_without_a_phone_with_a_recovery_code() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.clicks("Account");
    customer.region("Inloggen in twee stappen").clicks("Instellen");
    customer.is_on("Inloggen in twee stappen");
    customer.clicks("Instellen");
    customer.is_on("Inloggen in twee stappen instellen");
    let secret =
        customer.runs("return document.querySelector('code.secret').textContent").as_str().unwrap().replace(' ', "");
    customer.fills("Code uit je app", &code(&secret, 0));
    customer.fills("Huidig wachtwoord", "oplossing-demo");
    customer.clicks("Aanzetten");
    customer.sees("Bewaar nu je herstelcodes.");
    judges(&customer, "/account/second-factor/codes");
    let recovery = customer.main().all("//li/code");
    assert_eq!(recovery.len(), 10, "{recovery:?}");
    customer.clicks("Ik heb ze bewaard");
    customer.is_on("Inloggen in twee stappen");
    judges(&customer, "/account/second-factor");

    customer.clicks("Uitloggen");
    customer.is_on("Inloggen");
    customer.gives_password();
    judges(&customer, "/sign-in/code?next=%2Forders");
    customer.signs_in_with(&code(&secret, 1));
    customer.clicks("Uitloggen");
    customer.is_on("Inloggen");
    customer.gives_password();
    customer.signs_in_with(&recovery[3].to_lowercase());
    customer.visits("/account/second-factor");
    assert_eq!(customer.main().fact_text("Herstelcodes over"), "9");
}
