# pulls.sh ENGINE: pulls from each host of the zoo and leaves nothing. A line each: the host, the exit code, the last words.
while read -r host; do
  image=$host/zoo/app:1
  case $1 in
    docker) words=$(docker pull -q $image 2>&1); code=$?; [ $code != 0 ] || docker rmi $image > /dev/null ;;
    podman) words=$(podman pull -q --retry 0 $image 2>&1); code=$?; [ $code != 0 ] || podman rmi -f $image > /dev/null ;;
  esac
  printf '%s\t%s\t%s\n' "$host" "$code" "$(tail -n 1 <<< "$words")"
done < /etc/zoo/hosts
