# calmend for Dovecot: /etc/dovecot/sieve-before.d/calmend.sieve, then
#   sievec /etc/dovecot/sieve-before.d
# Where calmend does not end well the mail goes on as it came.
require "vnd.dovecot.filter";
filter "calmend";
