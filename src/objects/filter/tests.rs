//! What filters find on a few users, and where and why others are refused.

use proptest::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::objects::{Expected, UserFilter};
use crate::tenant::{Assignment, Product, Symbol, Tenant, TenantData, User};

const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

fn tenant() -> Tenant {
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let product = Product {
        sku: Symbol::new("ENTERPRISEPACK"),
        sku_id: E3.parse().unwrap(),
        part_number: None,
        name: Symbol::new("Office 365 E3"),
        applies_to: Default::default(),
        subscriptions: Vec::new(),
        outside: 0,
        plans: Vec::new(),
    };
    let mut anna = User::new(id(1), "anna@contoso.com", "Anna O'Neill");
    anna.department = Some(Symbol::new("HR"));
    anna.licenses = [Assignment::direct(product.sku.clone())].into();
    anna.last_sign_in = Some("2026-11-20T08:00:00Z".parse().unwrap());
    anna.usage_location = crate::tenant::Location::new("SE");
    let mut bob = User::new(id(2), "bob@fabrikam.com", "Bob");
    bob.department = Some(Symbol::new("IT"));
    bob.enabled = false;
    bob.synced = true;
    bob.licenses = [Assignment {
        error: Some(crate::tenant::AssignmentError::CountViolation),
        ..Assignment::direct(product.sku.clone())
    }]
    .into();
    bob.last_sign_in = Some("2026-01-05T08:00:00Z".parse().unwrap());
    let mut cara = User::new(id(3), "cara@contoso.com", "Cara");
    cara.kind = crate::tenant::UserKind::Guest;
    cara.never_signed_in = true;
    Tenant::new(TenantData {
        products: vec![product],
        users: vec![anna, bob, cara],
        organisation: Default::default(),
        groups: Vec::new(),
    })
    .unwrap()
}

fn found(tenant: &Tenant, filter: &str) -> Result<String, Diagnostic> {
    let filter = UserFilter::parse(filter, tenant)?;
    let names = tenant.users().iter().filter(|user| filter.passes(user));
    Ok(names.map(|user| user.upn[..1].to_owned()).collect())
}

#[test]
fn filters_find_what_graph_finds() {
    let tenant = tenant();
    for (filter, expected) in [
        ("accountEnabled eq false", "b"),
        ("accountEnabled ne false", "ac"),
        ("ACCOUNTENABLED EQ True", "ac"),
        ("assignedLicenses/$count ne 0", "a"),
        ("assignedLicenses/$count eq 0", "bc"),
        (
            "accountEnabled eq true and assignedLicenses/$count ne 0",
            "a",
        ),
        (
            "assignedLicenses/any(x:x/skuId eq 6fd2c87f-b296-42f0-b197-1e91e994b900)",
            "a",
        ),
        (
            "not assignedLicenses/any(s: s/skuId eq 6fd2c87f-b296-42f0-b197-1e91e994b900)",
            "bc",
        ),
        ("startsWith(displayName,'A')", "a"),
        ("startswith(displayName, 'anna o''n')", "a"),
        ("endsWith(userPrincipalName,'@contoso.com')", "ac"),
        ("department in ('HR','IT')", "ab"),
        ("department in ( 'hr' )", "a"),
        ("department eq null", "c"),
        ("department ne null", "ab"),
        ("department ne 'HR'", "bc"),
        ("not (department eq 'HR' or department eq 'IT')", "c"),
        ("not(department eq 'HR')", "bc"),
        ("department ge 'HZ'", "b"),
        ("department le 'hz'", "a"),
        ("usageLocation eq 'se'", "a"),
        ("userType eq 'Guest'", "c"),
        ("userType in ('Guest','Member')", "abc"),
        ("onPremisesSyncEnabled eq true", "b"),
        ("onPremisesSyncEnabled ne true", "ac"),
        ("onPremisesSyncEnabled eq null", "ac"),
        (
            "signInActivity/lastSignInDateTime le 2026-08-26T00:00:00Z",
            "b",
        ),
        ("signInActivity/lastSignInDateTime ge 2026-08-26", "a"),
        ("signInActivity/lastSignInDateTime eq null", "c"),
        ("id eq '00000000-0000-0000-0000-000000000003'", "c"),
        (
            "accountEnabled eq false or department eq 'HR' and userType eq 'Guest'",
            "b",
        ),
        (
            "(accountEnabled eq false or department eq 'HR') and userType eq 'Member'",
            "ab",
        ),
        ("startsWith(mail,'a')", ""),
    ] {
        assert_eq!(found(&tenant, filter).unwrap(), expected, "{filter}");
    }
}

#[test]
fn what_graph_would_refuse_is_refused_at_its_word_with_a_cure() {
    let tenant = tenant();
    for (filter, word, says) in [
        ("", "", "such as"),
        ("Enabled eq false", "Enabled", "accountEnabled"),
        ("departmnt eq 'HR'", "departmnt", "did you mean department?"),
        ("department -eq 'HR'", "-eq", "without a dash"),
        ("department == 'HR'", "==", "write eq"),
        ("department eq HR", "HR", "write 'HR'"),
        ("department eq \"HR\"", "\"", "single"),
        ("department eq 'HR", "'HR", "close it"),
        ("department eq", "", "missing at the end"),
        ("department", "", "eq 'value'"),
        ("department gt 'A'", "gt", "ge and le"),
        ("department like 'H*'", "like", "startsWith"),
        ("userType ge 'A'", "ge", "eq and ne"),
        ("contains(displayName,'nn')", "contains", "-Search"),
        (
            "endsWith(displayName,'a')",
            "displayName",
            "userPrincipalName, mail",
        ),
        (
            "startsWith(accountEnabled,'t')",
            "accountEnabled",
            "department",
        ),
        ("startsWith(displayName,A)", "A", "single quotes"),
        (
            "startsWit(displayName,'A')",
            "startsWit",
            "did you mean startsWith?",
        ),
        ("accountEnabled eq 'false'", "'false'", "without quotes"),
        ("assignedLicenses/$count gt 1", "gt", "Where-Object"),
        ("assignedLicenses/$count eq 1", "1", "Where-Object"),
        ("assignedLicenses/any()", ")", "$count ne 0"),
        (
            "assignedLicenses/any(x:x/skuId eq ENTERPRISEPACK)",
            "ENTERPRISEPACK",
            E3,
        ),
        (
            "assignedLicenses/any(x:y/skuId eq 1)",
            "y/skuId",
            "x/skuId is expected",
        ),
        ("assignedLicenses eq 1", "assignedLicenses", "$count"),
        (
            "assignedLicenses/any(x:x/skuId eq 00000000-0000-0000-0000-000000000009)",
            "00000000-0000-0000-0000-000000000009",
            "no product",
        ),
        ("onPremisesSyncEnabled eq false", "false", "ne true"),
        (
            "signInActivity/lastSignInDateTime le 2026-08-26 and accountEnabled eq true",
            "signInActivity/lastSignInDateTime",
            "-InactiveDays",
        ),
        (
            "signInActivity/lastSignInDateTime le '2026-08-26'",
            "'2026-08-26'",
            "without quotes",
        ),
        ("(department eq 'HR'", "(", "isn't closed"),
        ("department eq 'HR')", ")", "nothing is open"),
        ("department eq 'HR' && city eq 'X'", "&&", "write and"),
        (
            "department eq 'HR' -and city eq 'X'",
            "-and",
            "without a dash",
        ),
        ("department in 'HR'", "'HR'", "in ('A', 'B')"),
        ("department in ()", ")", "single quotes"),
        ("deletedDateTime ne null", "deletedDateTime", "-Deleted"),
        (
            "city in ('1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16')",
            "(",
            "at most 15",
        ),
    ] {
        let fault = found(&tenant, filter).unwrap_err();
        let (source, span) = (fault.source.clone().unwrap(), fault.span.unwrap());
        assert_eq!(
            &source.text[span.start..span.end],
            word,
            "{filter}: {fault}"
        );
        assert!(fault.to_string().contains(says), "{filter}: {fault}");
    }
}

#[test]
fn nothing_makes_it_panic() {
    let tenant = tenant();
    let deep = format!("{}x", "(".repeat(100_000));
    assert!(found(&tenant, &deep).is_err());
    assert!(found(&tenant, &format!("{}x", "not ".repeat(100_000))).is_err());
    let whole =
        "not (startsWith(displayName,'å''b') or id eq 2026-01-01T10:00:00Z) and x:y/z in ('a',1)";
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let _ = found(&tenant, &whole[..end]);
        let _ = found(&tenant, &whole[end..]);
    }
}

proptest! {
    /// Whatever is typed is read or refused at a place within it, and what is read can be asked.
    #[test]
    fn any_words_are_a_filter_or_a_refusal(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "accountEnabled", "department", "assignedLicenses/$count", "assignedLicenses/any", "(", ")", ",", ":", "x",
            "x/skuId", "startsWith", "endsWith", "mail", "eq", "ne", "in", "ge", "and", "or", "not", "'a'", "'", "null",
            "true", "0", "2026-01-01T10:00:00Z", E3, "å", "\"", "signInActivity/lastSignInDateTime",
        ]), 0..12), blank in any::<bool>())
    {
        let text = words.join(if blank { " " } else { "" });
        if let Err(fault) = found(&tenant(), &text) {
            let span = fault.span.unwrap_or_default();
            prop_assert!(span.start <= span.end && span.end <= text.len(), "{}", text);
            prop_assert!(text.get(span.start..span.end).is_some(), "{}", text);
        }
    }

    /// Whoever takes what is offered gets to a filter that is accepted.
    #[test]
    fn what_is_offered_is_accepted(picks in proptest::collection::vec(any::<usize>(), 1..40)) {
        let tenant = tenant();
        let mut text = String::new();
        for pick in picks {
            let wanted = UserFilter::draft(&text, &tenant).wanted;
            let has = |sign: &str| wanted.iter().any(|own| matches!(own, Expected::Word(word) if word == sign));
            if wanted.is_empty() || (has("and") && !has(")")) {
                let read = found(&tenant, &text);
                prop_assert!(read.is_ok(), "{}: {:?}", text, read);
            }
            if wanted.is_empty() {
                break;
            }
            text.push_str(match &wanted[pick % wanted.len()] {
                Expected::Word(word) => word,
                Expected::Text(_) => "'Ann''s'",
                Expected::Product => E3,
            });
            text.push(' ');
        }
    }
}

#[test]
fn of_a_sign_in_that_no_export_told_nothing_is_true() {
    let dan = User::new(uuid::Uuid::from_u128(4), "dan@contoso.com", "Dan");
    let tenant = Tenant::new(TenantData {
        products: Vec::new(),
        users: vec![dan],
        organisation: Default::default(),
        groups: Vec::new(),
    })
    .unwrap();
    for field in [
        "lastSignInDateTime",
        "lastNonInteractiveSignInDateTime",
        "lastSuccessfulSignInDateTime",
    ] {
        for asked in [
            "eq null",
            "ne null",
            "le 2026-01-01T00:00:00Z",
            "ne 2026-01-01T00:00:00Z",
        ] {
            for not in ["", "not "] {
                let filter = format!("{not}(signInActivity/{field} {asked})");
                assert_eq!(found(&tenant, &filter).unwrap(), "", "{filter}");
            }
        }
    }
}
