//! The check of a server's certificate, by the rules of `psql` where rustls is stricter than that: self-signed certificates
//! of the manual's recipe are fine once they are named, and a name may stand where it stood before there were lists of them.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;

use super::tls::Check;

/// The name of a subject, in certificates without a list of names.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// The list of names.
const ALTERNATIVE_NAMES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

/// Checks certificates as far as it was asked to.
#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    /// `None` = nothing is checked.
    strict: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are trusted by name, byte for byte.
    named: Vec<CertificateDer<'static>>,
    schemes: Vec<SignatureScheme>,
}

impl Verifier {
    /// Checks nothing.
    pub(super) fn of_nothing(provider: &CryptoProvider) -> Self {
        let schemes = provider.signature_verification_algorithms.supported_schemes();
        Self { check: Check::Nothing, strict: None, named: Vec::new(), schemes }
    }

    /// Checks against these roots; `named` are those among them that a server may show as its own.
    pub(super) fn new(
        check: Check,
        roots: RootCertStore,
        named: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, rustls::client::VerifierBuilderError> {
        let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
        Ok(Self { check, strict: Some(strict), named, ..Self::of_nothing(provider) })
    }

    fn may_be_called(&self, certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
        self.check != Check::ChainAndName || has_name(certificate, name)
    }
}

/// Reports whether an error means that a certificate authority's own certificate is shown by a server.
fn is_authority(error: &CertificateError) -> bool {
    // The reason comes from a crate below rustls, and only as text.
    matches!(error, CertificateError::Other(why) if format!("{why:?}").contains("CaUsedAsEndEntity"))
}

/// Compares names where rustls does not: certificate authorities', and those that stand in the subject alone.
fn has_name(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let is_listed = rustls::server::ParsedCertificate::try_from(certificate)
        .is_ok_and(|parsed| rustls::client::verify_server_name(&parsed, name).is_ok());
    is_listed || common_name(certificate).is_some_and(|common| matches_host(&common, &name.to_str()))
}

/// The one name of a certificate without a list of names.
fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let subject = Certificate::from_der(certificate).ok()?.tbs_certificate;
    if subject.extensions.iter().flatten().any(|extension| extension.extn_id == ALTERNATIVE_NAMES) {
        return None;
    }
    let mut parts = subject.subject.0.iter().flat_map(|part| part.0.iter());
    let common = parts.find(|part| part.oid == COMMON_NAME)?;
    String::from_utf8(common.value.value().to_vec()).ok()
}

/// Compares as psql does: letter by letter in either case, or with a star for the first part.
fn matches_host(common: &str, host: &str) -> bool {
    let rest = common.strip_prefix("*.").and_then(|rest| Some((rest, host.split_once('.')?.1)));
    common.eq_ignore_ascii_case(host) || rest.is_some_and(|(rest, of_host)| rest.eq_ignore_ascii_case(of_host))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(strict) = &self.strict else { return Ok(ServerCertVerified::assertion()) };
        let refused = match strict.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(refused)) => refused,
            other => return other,
        };
        // Its dates were looked at before its kind, and its chain before its name.
        let is_trusted = match &refused {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => true,
            refused => is_authority(refused) && self.named.iter().any(|named| named == end_entity),
        };
        if is_trusted && self.may_be_called(end_entity, server_name) {
            return Ok(ServerCertVerified::assertion());
        }
        let refused = if is_trusted { CertificateError::NotValidForName } else { refused };
        Err(Error::InvalidCertificate(refused))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match &self.strict {
            Some(strict) => strict.verify_tls12_signature(message, cert, dss),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match &self.strict {
            Some(strict) => strict.verify_tls13_signature(message, cert, dss),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Says what is wrong with a certificate, for people.
pub(super) fn words(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet; compare the clocks",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is made out to another name than the host of the address"
        }
        CertificateError::Revoked => "it was revoked",
        CertificateError::UnknownIssuer => "nobody who is trusted here signed it",
        other if is_authority(other) => "nobody who is trusted here signed it",
        _ => "it cannot be read or checked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_is_compared_as_psql_does() {
        for (common, host, expected) in [
            ("db.example", "DB.example", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("*.example", "db.example", true),
            ("*.example", "a.db.example", false),
            ("*.example", "example", false),
            ("db.example", "db.example.org", false),
            ("", "", true),
        ] {
            assert_eq!(matches_host(common, host), expected, "{common} for {host}");
        }
    }
}
