# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of twilio_voice_account, one part for each kind of object, in the words of the kind's own module."""

from __future__ import annotations


class ModuleDocFragment:
    IP_ACCESS_CONTROL_LISTS = r"""
options:
  ip_access_control_lists:
    description:
      - IP access control lists, in the words of M(dialtone.voice.twilio_ip_access_control_list).
    type: list
    elements: dict
    suboptions:
      sid:
        description:
          - SID of the list (C(AL) and 32 hexadecimal digits), for one that exists.
        type: str
      friendly_name:
        description:
          - Name of the list, at most 255 characters. It identifies the list if O(ip_access_control_lists[].sid)
            is not given; with O(ip_access_control_lists[].sid) it is the name the list is given.
        type: str
      ip_addresses:
        description:
          - The entries, as a set of at most 100 that do not overlap.
          - With O(ip_access_control_lists[].merge) there may be more, and entries of the same name may overlap;
            at most 100 must be left after merging.
        type: list
        elements: dict
        suboptions:
          ip_address:
            description:
              - IPv4 address, or network in CIDR notation without host bits. It identifies the entry.
              - V(0.0.0.0/0) is refused, because it would let in everybody, and because Twilio silently stores
                it as a single address.
            type: str
            required: true
          friendly_name:
            description:
              - Name of the entry, at most 255 characters. The address when created.
            type: str
      purge_ip_addresses:
        description:
          - Whether entries that are not listed are removed.
        type: bool
        default: false
      merge:
        description:
          - Whether neighbouring entries are merged into larger networks before they are compared with Twilio's,
            so that more than 100 addresses fit. Exactly the same addresses are let in.
          - Only entries with the same O(ip_access_control_lists[].ip_addresses[].friendly_name) are merged with
            each other, and entries without one with each other. The merged entry keeps that name; one without
            a name gets the merged network as its name when it is created.
          - Entries that Twilio has and that are covered by a merged one stay unless
            O(ip_access_control_lists[].purge_ip_addresses)
            is set.
        type: bool
        default: false
      allow_private:
        description:
          - Whether entries may be addresses that never reach Twilio over the Internet, such as those of RFC 1918.
            Only a lab needs this.
        type: bool
        default: false
      state:
        description:
          - Whether the list should exist. One that a trunk uses cannot be deleted.
        type: str
        choices:
          - present
          - absent
        default: present
"""

    CREDENTIAL_LISTS = r"""
options:
  credential_lists:
    description:
      - Credential lists, in the words of M(dialtone.voice.twilio_credential_list).
    type: list
    elements: dict
    suboptions:
      sid:
        description:
          - SID of the list (C(CL) and 32 hexadecimal digits), for one that exists.
        type: str
      friendly_name:
        description:
          - Name of the list, at most 64 characters. It identifies the list if O(credential_lists[].sid) is not
            given; with O(credential_lists[].sid) it is the name the list is given.
          - An account has at most 100 credential lists.
        type: str
      credentials:
        description:
          - The users, as a set of at most 1,000.
        type: list
        elements: dict
        suboptions:
          username:
            description:
              - Name of the user, at most 32 letters, digits and characters of C(-_.!~*'()&=+$,;). It identifies
                the user, and cannot be changed.
            type: str
            required: true
          password:
            description:
              - Password of the user, with at least 12 characters, a digit, a lower-case letter and an upper-case
                letter. It is judged before anything is sent to Twilio.
              - May be left out, or empty, for a user that exists. Then the password stays as it is.
            type: str
          state:
            description:
              - Whether the user should be in the list.
            type: str
            choices:
              - present
              - absent
            default: present
      update_password:
        description:
          - V(on_create) sends a password only when the user is created.
          - V(always) also sends it to users that exist, and is then always a change. If an answer is lost the
            password is sent again, which does no harm.
        type: str
        choices:
          - on_create
          - always
        default: on_create
      purge_credentials:
        description:
          - Whether users that are not listed are removed.
        type: bool
        default: false
      state:
        description:
          - Whether the list should exist. One that a trunk uses cannot be deleted.
        type: str
        choices:
          - present
          - absent
        default: present
"""

    ADDRESSES = r"""
options:
  addresses:
    description:
      - Addresses, in the words of M(dialtone.voice.twilio_address).
    type: list
    elements: dict
    suboptions:
      sid:
        description:
          - SID of the address (C(AD) and 32 hexadecimal digits), for one that exists.
        type: str
      friendly_name:
        description:
          - Name of the address, at most 64 characters, and at most 32 if O(addresses[].emergency_enabled=true).
            It identifies the address if O(addresses[].sid) is not given; with O(addresses[].sid) it is the name
            the address is given.
        type: str
      customer_name:
        description:
          - Name of the person or company at the address, at most 64 bytes. Needed for a new address.
        type: str
      street:
        description:
          - Number and street. Needed for a new address.
        type: str
      street_secondary:
        description:
          - Suite, floor or apartment. An empty string clears it.
        type: str
      city:
        description:
          - City. Needed for a new address.
        type: str
      address_region:
        description:
          - State, province or region. Needed for a new address.
          - Twilio calls it C(region), which here is the name of the option for the Twilio region, as in every
            module.
        type: str
      postal_code:
        description:
          - Postal code. Needed for a new address. Write it in quotes, so that YAML keeps leading zeros.
        type: str
      iso_country:
        description:
          - ISO 3166 code of the country, two capital letters. Needed for a new address; it cannot be changed.
        type: str
      emergency_enabled:
        description:
          - Whether the address may be registered as the emergency address of phone numbers.
        type: bool
      auto_correct_address:
        description:
          - Whether Twilio may correct the address. Twilio itself would do so by default; this module does not,
            so that the account holds what the description says. Where Twilio knows a similar address it then
            refuses yours with error 21629 and names its own, for you to put into the description.
          - If V(true), what Twilio has stored stays as long as it means the same as what is described. Case,
            accents and punctuation do not count, nor do abbreviations of the United States Postal Service, region
            names or codes of the United States and Canada, and the last four digits of a ZIP code.
          - A correction that goes further is a difference, because it could as well be a move to another address.
            The task then warns, with both values. Until the description says what Twilio says, every run sends
            the field again.
          - A prediction in check mode has the address as described, because only Twilio knows the correction.
        type: bool
        default: false
      state:
        description:
          - Whether the address should exist. One that a number uses cannot be deleted.
        type: str
        choices:
          - present
          - absent
        default: present
"""

    TRUNKS = r"""
options:
  trunks:
    description:
      - Trunks, in the words of M(dialtone.voice.twilio_trunk). Which numbers they have is said by
        O(phone_numbers[].trunk).
      - They may refer to lists by names that this task gives them.
    type: list
    elements: dict
    suboptions:
      sid:
        description:
          - SID of the trunk (C(TK) and 32 hexadecimal digits), for one that exists.
        type: str
      domain_name:
        description:
          - Termination domain, lower-case labels ending in C(.pstn.twilio.com), without an edge.
          - Identifies the trunk if O(trunks[].sid) is not given. If no trunk has the domain, one called
            O(trunks[].friendly_name)
            is given it.
          - A sub-domain such as C(lab.acme.pstn.twilio.com) needs a trunk with C(acme.pstn.twilio.com), in this
            account or in its parent account. If this account has none, a warning says so. A domain with sub-domains
            cannot be taken away.
          - An empty string clears it.
          - With O(trunks[].state=absent) a trunk is deleted only if it has this domain.
        type: str
      friendly_name:
        description:
          - Name of the trunk, at most 64 characters.
          - Identifies the trunk if neither O(trunks[].sid) nor O(trunks[].domain_name) do. Several trunks of
            that name are an error.
        type: str
      secure:
        description:
          - Whether calls must be encrypted (TLS and SRTP). V(false) when created.
        type: bool
      cnam_lookup_enabled:
        description:
          - Whether the caller's name is looked up for inbound calls from the US and Canada (charged). V(false) when
            created.
        type: bool
      transfer_mode:
        description:
          - Which call transfers (SIP REFER) are allowed. V(disable-all) when created.
        type: str
        choices:
          - disable-all
          - enable-all
          - sip-only
      transfer_caller_id:
        description:
          - Whose number the target of a transfer sees. V(from-transferee) when created.
        type: str
        choices:
          - from-transferee
          - from-transferor
      disaster_recovery_url:
        description:
          - URL that Twilio asks what to do with a call when no origination URL works. An empty string clears it.
        type: str
      disaster_recovery_method:
        description:
          - HTTP method for O(trunks[].disaster_recovery_url). Twilio keeps it when the URL is cleared.
        type: str
        choices:
          - GET
          - POST
      recording:
        description:
          - Recording of the trunk's calls. Mind the law of the places involved.
        type: dict
        suboptions:
          mode:
            description:
              - What is recorded. V(do-not-record) when created.
            type: str
            choices:
              - do-not-record
              - record-from-ringing
              - record-from-answer
              - record-from-ringing-dual
              - record-from-answer-dual
          trim:
            description:
              - Whether silence at both ends is cut off. V(do-not-trim) when created.
            type: str
            choices:
              - trim-silence
              - do-not-trim
      origination_urls:
        description:
          - Where Twilio sends inbound calls, as a set of at most 10. Lower priorities are tried first; among
            equal ones the weight divides the calls.
        type: list
        elements: dict
        suboptions:
          friendly_name:
            description:
              - Name of the entry, at most 64 characters; it identifies the entry.
              - Without it the entry is identified by O(trunks[].origination_urls[].sip_url), which then is also
                its name when created, and which no other entry may have.
            type: str
          sip_url:
            description:
              - SIP URL such as C(sip:pbx.example.com:5060;transport=tls). C(sips) is not accepted; use
                C(transport=tls).
            type: str
            required: true
          priority:
            description:
              - From V(0) to V(65535), lowest first. V(10) when created.
            type: int
          weight:
            description:
              - From V(1) to V(65535). V(10) when created.
            type: int
          enabled:
            description:
              - Whether calls are sent there. V(true) when created.
            type: bool
      ip_access_control_lists:
        description:
          - Names or SIDs of the IP access control lists whose addresses may send calls to the trunk, as a set.
        type: list
        elements: str
      credential_lists:
        description:
          - Names or SIDs of the credential lists whose users may send calls to the trunk, as a set.
          - If a trunk has both kinds of list, a call must satisfy both.
        type: list
        elements: str
      purge_ip_access_control_lists:
        description:
          - Whether IP access control lists that are not listed are taken off the trunk.
        type: bool
        default: false
      purge_credential_lists:
        description:
          - Whether credential lists that are not listed are taken off the trunk.
        type: bool
        default: false
      purge_origination_urls:
        description:
          - Whether origination URLs that are not listed are removed.
        type: bool
        default: false
      state:
        description:
          - Whether the trunk should exist. Its numbers stay in the account.
        type: str
        choices:
          - present
          - absent
        default: present
"""

    PHONE_NUMBERS = r"""
options:
  phone_numbers:
    description:
      - Numbers that the account owns, in the words of M(dialtone.voice.twilio_phone_number). None is ever bought
        or released.
      - They may refer to trunks and addresses by names that this task gives them.
    type: list
    elements: dict
    suboptions:
      phone_number:
        description:
          - The number in E.164.
        type: str
      sid:
        description:
          - SID of the number (C(PN) and 32 hexadecimal digits), for one the account owns, in place of
            O(phone_numbers[].phone_number).
        type: str
      trunk:
        description:
          - Name, termination domain or SID of the trunk the number is on. An empty string takes it off its trunk.
          - Excludes O(phone_numbers[].voice_application_sid); Twilio clears the one when the other is set.
        type: str
      address:
        description:
          - Name or SID of the address that the number's regulations ask for. An empty string clears it.
        type: str
      emergency_address:
        description:
          - Name or SID of the address that emergency services are sent to. An empty string unregisters it.
          - Twilio registers and unregisters it some time later. The task waits for that, also if an earlier task
            asked for it, and fails if it fails. A registration that failed is tried again by the next run.
          - A number that has another emergency address is unregistered from that one first, as Twilio demands. Until
            the new one is registered, the number has none.
          - Twilio registers addresses in the US, Canada and the United Kingdom. In the US and Canada a call to 911 from
            a number without a registered address costs a fee.
          - An address that is not enabled for emergency calling or is in another country than the number is refused.
        type: str
      friendly_name:
        description:
          - Name of the number, at most 64 characters.
        type: str
      voice_url:
        description:
          - URL that Twilio asks what to do with a call while the number is on no trunk. An empty string clears it.
        type: str
      voice_method:
        description:
          - HTTP method for O(phone_numbers[].voice_url).
        type: str
        choices:
          - GET
          - POST
      voice_fallback_url:
        description:
          - URL that Twilio asks when O(phone_numbers[].voice_url) fails. An empty string clears it.
        type: str
      voice_fallback_method:
        description:
          - HTTP method for O(phone_numbers[].voice_fallback_url).
        type: str
        choices:
          - GET
          - POST
      voice_application_sid:
        description:
          - SID of the application that handles calls (C(AP)). An empty string clears it.
        type: str
      voice_caller_id_lookup:
        description:
          - Whether the names of callers are looked up (CNAM, US and Canada only; each look-up is charged).
        type: bool
      sms_url:
        description:
          - URL that Twilio asks what to do with a text message. An empty string clears it.
        type: str
      sms_method:
        description:
          - HTTP method for O(phone_numbers[].sms_url).
        type: str
        choices:
          - GET
          - POST
      sms_fallback_url:
        description:
          - URL that Twilio asks when O(phone_numbers[].sms_url) fails. An empty string clears it.
        type: str
      sms_fallback_method:
        description:
          - HTTP method for O(phone_numbers[].sms_fallback_url).
        type: str
        choices:
          - GET
          - POST
      sms_application_sid:
        description:
          - SID of the application that handles text messages (C(AP)). An empty string clears it.
        type: str
      status_callback:
        description:
          - URL that Twilio tells about the progress of calls. An empty string clears it.
        type: str
      status_callback_method:
        description:
          - HTTP method for O(phone_numbers[].status_callback).
        type: str
        choices:
          - GET
          - POST
      address_sid:
        description:
          - SID of the address (C(AD)), in place of O(phone_numbers[].address). An empty string clears it.
        type: str
      bundle_sid:
        description:
          - SID of the regulatory bundle (C(BU)). An empty string clears it.
        type: str
      identity_sid:
        description:
          - SID of the identity (C(RI)). An empty string clears it.
        type: str
      emergency_address_sid:
        description:
          - SID of that address (C(AD)), in place of O(phone_numbers[].emergency_address).
        type: str
      state:
        description:
          - V(absent) takes the number off its trunk and leaves it in the account.
        type: str
        choices:
          - present
          - absent
        default: present
"""

    DIALING_PERMISSIONS = r"""
options:
  dialing_permissions:
    description:
      - Which countries may be called, in the words of M(dialtone.voice.twilio_dialing_permissions).
    type: dict
    suboptions:
      low_risk:
        description:
          - Countries whose ordinary numbers may be called, as two letters of ISO 3166-1.
          - An empty list closes every country. If not given, these permissions stay as they are.
          - Where Twilio has one entry for the United States and Canada, as in the example of its reference, V(CA) means
            the same as V(US), and either opens both.
        type: list
        elements: str
      high_risk_special:
        description:
          - Countries whose expensive service numbers may be called too. Each must be open for ordinary numbers
            as well, because opening only the risky part of a country is a slip.
          - An empty list closes all of them. If not given, these permissions stay as they are.
        type: list
        elements: str
      high_risk_tollfraud:
        description:
          - Countries whose numbers that are known from toll fraud may be called too. Each must be open for ordinary
            numbers as well.
          - An empty list closes all of them. If not given, these permissions stay as they are.
        type: list
        elements: str
      purge:
        description:
          - Whether countries that are not in a given list are closed in its respect. V(false) only opens.
        type: bool
        default: true
      inheritance:
        description:
          - Whether a subaccount takes over the permissions of its main account. It excludes the lists if V(true).
          - If V(false) where the subaccount has inherited until now, either all three lists are needed, with
            O(dialing_permissions.purge=true), or none, because the subaccount's own permissions cannot be seen
            before.
          - If not given, it stays as it is. Only subaccounts can inherit.
        type: bool
"""
