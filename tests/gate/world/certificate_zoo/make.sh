# make.sh: makes the certificates of the zoo, each a fault or a habit of registries, and lets the machine trust their roots.
set -e
mkdir -p /etc/zoo && cd /etc/zoo
# authority NAME [more of `openssl req`]: a root of its own.
authority() { openssl req -x509 -newkey "${key:-rsa:2048}" -nodes -days 3650 -subj "/CN=$1" -keyout $1.key -out $1.pem "${@:2}" 2>/dev/null; }
trusted() { for one in "$@"; do cp $one.pem /usr/local/share/ca-certificates/zoo-$one.crt; done; }
# under NAME ISSUER EXTENSIONS [more of `openssl x509`]: a key and a certificate.
under() {
  local name=$1 by=$2 extensions=$3; shift 3
  [ -e $name.key ] || openssl genpkey ${key:--algorithm EC -pkeyopt ec_paramgen_curve:P-256} -out $name.key 2>/dev/null
  openssl req -new -key $name.key -subj "/CN=$name" -out $name.csr
  printf "$extensions" > $name.ext
  [[ "$*" == *-not_after* ]] || set -- -days 365 "$@"
  openssl x509 -req -in $name.csr -CA $by.pem -CAkey $by.key -extfile $name.ext -out $name.pem "$@" 2>/dev/null
}
ca='basicConstraints=critical,CA:TRUE\n'
leaf() { under $1.zoo.example $2 "subjectAltName=DNS:$1.zoo.example\n$3" "${@:4}"; }
chain() { local name=$1.zoo.example; shift; for one in "$@"; do cat $one.pem; done >> $name.pem; }
rsa='-algorithm RSA -pkeyopt rsa_keygen_bits:2048'

authority root; trusted root
leaf good root
leaf expired root '' -not_before 20200101000000Z -not_after 20210101000000Z
leaf early root '' -not_before 20900101000000Z -not_after 20910101000000Z
leaf forever root '' -not_before 20200101000000Z -not_after 20990101000000Z
under other.zoo.example root 'subjectAltName=DNS:another.zoo.example\n'
under nosan.zoo.example root 'keyUsage=digitalSignature\n'
under mail.zoo.example root 'subjectAltName=email:it@zoo.example\n'
under wild.zoo.example root 'subjectAltName=DNS:*.zoo.example\n'
under a.deep.zoo.example root 'subjectAltName=DNS:*.zoo.example\n'
under registry.zoolan root 'subjectAltName=DNS:*.zoolan\n'
under part.zoo.example root 'subjectAltName=DNS:p*.zoo.example\n'
authority foreign; leaf foreign foreign
under between root "$ca"; leaf between between; chain between between
leaf missing between
leaf disorder between; chain disorder root foreign between
under b1 root "$ca"; for i in 2 3 4 5 6 7 8; do under b$i b$((i-1)) "$ca"; done
leaf six b6; chain six b6 b5 b4 b3 b2 b1
leaf long b8; chain long b8 b7 b6 b5 b4 b3 b2 b1
key='-algorithm RSA -pkeyopt rsa_keygen_bits:1024' leaf short root
key=rsa:1024 authority shortroot; trusted shortroot; leaf shortroot shortroot
key="$rsa" leaf sha1 root '' -sha1
under sha1between root "$ca" -sha1; leaf sha1between sha1between; chain sha1between sha1between
leaf pss root '' -sigopt rsa_padding_mode:pss
key='-algorithm ED25519' leaf ed25519 root
key='-algorithm EC -pkeyopt ec_paramgen_curve:P-384' leaf p384 root
key='-algorithm EC -pkeyopt ec_paramgen_curve:P-521' leaf p521 root
key="$rsa" leaf rsa root
key='-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048' leaf psskey root
under kept root "${ca}nameConstraints=critical,permitted;DNS:zoo.example\n"; leaf kept kept; chain kept kept
under violated root "${ca}nameConstraints=critical,permitted;DNS:acme.example\n"; leaf violated violated; chain violated violated
under excluded root "${ca}nameConstraints=critical,excluded;DNS:zoo.example\n"; leaf excluded excluded; chain excluded excluded
authority boundroot -addext 'nameConstraints=critical,permitted;DNS:acme.example'; trusted boundroot; leaf boundroot boundroot
leaf client root 'extendedKeyUsage=clientAuth\n'
leaf any root 'extendedKeyUsage=anyExtendedKeyUsage\n'
under anybetween root "${ca}extendedKeyUsage=anyExtendedKeyUsage\n"; leaf anybetween anybetween 'extendedKeyUsage=serverAuth\n'; chain anybetween anybetween
under clientbetween root "${ca}extendedKeyUsage=clientAuth\n"; leaf clientbetween clientbetween; chain clientbetween clientbetween
authority clientroot -addext extendedKeyUsage=clientAuth; trusted clientroot; leaf clientroot clientroot
leaf authority root "$ca"
under nosign root "${ca}keyUsage=critical,digitalSignature\n"; leaf nosign nosign; chain nosign nosign
under plain root 'basicConstraints=CA:FALSE\n'; leaf plain plain; chain plain plain
under tight root 'basicConstraints=critical,CA:TRUE,pathlen:0\n'; under below tight "$ca"; leaf tight below; chain tight below tight
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=tightroot -keyout tightroot.key -out tightroot.pem \
  -config <(printf '[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\nbasicConstraints=critical,CA:TRUE,pathlen:0\n') 2>/dev/null
trusted tightroot; under tightbetween tightroot "$ca"; leaf tightroot tightbetween; chain tightroot tightbetween
under ended root "$ca" -not_before 20200101000000Z -not_after 20210101000000Z; leaf ended ended; chain ended ended
# As once with an authority of Let's Encrypt: the one in use is trusted, and comes with a signature of one that has ended.
authority oldroot -not_before 20200101000000Z -not_after 20210101000000Z
authority newroot; trusted newroot oldroot
leaf cross newroot
openssl req -new -key newroot.key -subj /CN=newroot -out cross.csr; printf "$ca" > cross.ext
openssl x509 -req -in cross.csr -CA oldroot.pem -CAkey oldroot.key -days 365 -extfile cross.ext -out cross.pem 2>/dev/null; chain cross cross
leaf policy root 'certificatePolicies=critical,1.3.6.1.4.1.99999.1\n'
under policybetween root "${ca}certificatePolicies=critical,1.3.6.1.4.1.99999.1\npolicyConstraints=critical,requireExplicitPolicy:3\ninhibitAnyPolicy=critical,2\n"
leaf policybetween policybetween 'certificatePolicies=1.3.6.1.4.1.99999.1\n'; chain policybetween policybetween
leaf unknowncritical root '1.3.6.1.4.1.99999.2=critical,ASN1:UTF8String:zoo\n'
leaf negative root '' -set_serial -5
leaf muststaple root 'tlsfeature=status_request\n'
under 203.0.113.37 root 'subjectAltName=IP:203.0.113.37\n'
leaf revoked root '' -set_serial 4660
printf 'R\t350101000000Z\t250101000000Z\t1234\tunknown\t/CN=revoked.zoo.example\n' > index
openssl ocsp -index index -rsigner root.pem -rkey root.key -CA root.pem -issuer root.pem -serial 0x1234 -respout revoked.der -ndays 30 2>/dev/null >&2
for name in tls10 tls11 tls12 tls13 cbc static p521only chacha; do key="$rsa" leaf $name root; done
update-ca-certificates >/dev/null 2>&1
