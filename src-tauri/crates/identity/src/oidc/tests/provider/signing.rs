//! Keys that sign ID tokens.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Map, Value, json};

pub(crate) struct Key {
    name: &'static str,
    kind: Kind,
    /// What the head of a token says, over what is true.
    pub(crate) claimed_algorithm: Option<&'static str>,
}

enum Kind {
    Elliptic(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    pub(crate) fn es256(name: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { name, kind: Kind::Elliptic(pair), claimed_algorithm: None }
    }

    pub(crate) fn rs256(name: &'static str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Self { name, kind: Kind::Rsa(pair), claimed_algorithm: None }
    }

    /// The key as the provider shows it.
    pub(crate) fn public(&self) -> Value {
        match &self.kind {
            Kind::Elliptic(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name,
                        "x": encoded(&point[1..33]), "y": encoded(&point[33..65]) })
            }
            Kind::Rsa(pair) => {
                // The modulus of 2048 bits lies after the heads of the sequence and of the number, and a zero.
                let modulus = &pair.public_key().as_ref()[9..265];
                json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.name,
                        "n": encoded(modulus), "e": "AQAB" })
            }
        }
    }

    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> String {
        let algorithm = match &self.kind {
            Kind::Elliptic(_) => "ES256",
            Kind::Rsa(_) => "RS256",
        };
        let algorithm = self.claimed_algorithm.unwrap_or(algorithm);
        let head = json!({ "alg": algorithm, "typ": "JWT", "kid": self.name });
        let head = encoded(head.to_string().as_bytes());
        let text = format!("{head}.{}", encoded(Value::Object(claims.clone()).to_string().as_bytes()));
        format!("{text}.{}", encoded(&self.signature(text.as_bytes())))
    }

    fn signature(&self, text: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.kind {
            Kind::Elliptic(pair) => pair.sign(&random, text).unwrap().as_ref().to_vec(),
            Kind::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
