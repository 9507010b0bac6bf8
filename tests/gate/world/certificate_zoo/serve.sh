# serve.sh: nginx in front of the small internet's storage, with a host for each certificate of the zoo. Prints the hosts.
set -e
cd /etc/zoo
# What differs for a whole address has one of its own: its last number, and nginx's words.
declare -A own=(
  [tls10.zoo.example]='32 ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;'
  [tls11.zoo.example]='33 ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;'
  [tls12.zoo.example]='34 ssl_protocols TLSv1.2;'
  [tls13.zoo.example]='35 ssl_protocols TLSv1.3;'
  [cbc.zoo.example]='36 ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-SHA;'
  [203.0.113.37]='37'
  [static.zoo.example]='38 ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256;'
  [p521only.zoo.example]='39 ssl_ecdh_curve secp521r1;'
  [chacha.zoo.example]='40 ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;'
)
{
  echo 'user root; pid /run/zoo-nginx.pid; error_log /var/log/zoo-nginx.log; events {}'
  echo 'http { access_log off; server_names_hash_bucket_size 128; ssl_ciphers DEFAULT:@SECLEVEL=0;'
  for pem in *.zoo.example.pem registry.zoolan.pem 203.0.113.37.pem; do
    name=${pem%.pem}
    read -r address more <<< "${own[$name]:-30}"
    ip address replace 203.0.113.$address/32 dev lo
    [ $name = 203.0.113.37 ] || echo "203.0.113.$address $name" >> /etc/hosts
    [ $name != revoked.zoo.example ] || more='ssl_stapling on; ssl_stapling_file /etc/zoo/revoked.der;'
    echo "server { listen 203.0.113.$address:443 ssl; server_name $name; $more
      ssl_certificate /etc/zoo/$pem; ssl_certificate_key /etc/zoo/$name.key;
      location /v2/ { proxy_pass http://127.0.0.1:5001; proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-Proto https; } }"
    echo "$name" >> hosts
  done
  echo '}'
} > nginx.conf
systemd-run --quiet --unit=zoo-nginx nginx -c /etc/zoo/nginx.conf -g 'daemon off;'
skopeo copy -q --dest-tls-verify=false docker://docker.io/library/official:1 docker://127.0.0.1:5001/zoo/app:1
cat hosts
