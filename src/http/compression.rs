//! How what is sent is compressed.

use std::io::Write;

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT_ENCODING, AcceptEncoding, CONTENT_ENCODING, Encoding, HeaderValue, Preference, Quality, VARY,
};
use actix_web::middleware::Next;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Compresses with gzip for those who like nothing better, which is every browser, here and at once. All else is left to
/// the framework: it prefers brotli, which takes many times as long for a list of orders, to save 32 of 36 kilobytes
/// instead of 31, and it hands each page to another thread and back, which takes as long as gzip does.
pub async fn gzip_first(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let takes_gzip = request.get_header().is_some_and(|accepted| likes_gzip(&accepted));
    let response = next.call(request).await?.map_into_boxed_body();
    if !takes_gzip || response.headers().contains_key(CONTENT_ENCODING) {
        return Ok(response);
    }
    Ok(response.map_body(|head, body| match body.try_into_bytes() {
        Ok(bytes) if !bytes.is_empty() => {
            head.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            head.headers_mut().append(VARY, HeaderValue::from(ACCEPT_ENCODING));
            BoxBody::new(gzip(&bytes))
        }
        Ok(bytes) => BoxBody::new(bytes),
        Err(body) => body,
    }))
}

fn likes_gzip(accepted: &AcceptEncoding) -> bool {
    let gzip = accepted.iter().find(|one| one.item == Preference::Specific(Encoding::gzip()));
    gzip.is_some_and(|gzip| gzip.quality > Quality::ZERO && accepted.iter().all(|one| gzip.quality >= one.quality))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all that is written")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::Header;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn gzip_goes_first_unless_somebody_says_otherwise() {
        for (header, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("gzip", true),
            ("br;q=0.5, gzip;q=0.8", true),
            ("gzip;q=0.5, br", false),
            ("gzip;q=0.3, identity;q=0.8", false),
            ("deflate, gzip;q=0.5", false),
            ("gzip;q=0.5, *", false),
            ("gzip, *;q=0", true),
            ("br", false),
            ("gzip;q=0, br;q=0", false),
            ("identity", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, header)).to_http_request();
            let accepted = AcceptEncoding::parse(&request);
            assert_eq!(accepted.is_ok_and(|accepted| likes_gzip(&accepted)), expected, "{header:?}");
        }
    }
}
