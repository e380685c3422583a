"""Identifiers that belong to no one country."""

from __future__ import annotations

from detectors.recognizers.common.addresses import CompoundStreetRecognizer, PostalPlaceRecognizer, StreetAddressRecognizer
from detectors.recognizers.common.birth import BirthDateRecognizer
from detectors.recognizers.common.code import (
    AssignedPasswordRecognizer,
    AssignedSecretRecognizer,
    InternalHostRecognizer,
    LicenceHeaderRecognizer,
)
from detectors.recognizers.common.crypto import WalletAddressRecognizer
from detectors.recognizers.common.devices import MobileDeviceRecognizer, VehicleRecognizer
from detectors.recognizers.common.mail import MailAddressRecognizer
from detectors.recognizers.common.network import (
    HardwareAddressRecognizer,
    MachineAddressRecognizer,
    UniversalIdRecognizer,
    UrlCredentialsRecognizer,
)
from detectors.recognizers.common.payment import BankAccountRecognizer, BankCodeRecognizer, PaymentCardRecognizer
from detectors.recognizers.common.position import CoordinatesRecognizer
from detectors.recognizers.common.secrets import (
    ApiKeyRecognizer,
    ConnectionStringRecognizer,
    PasswordRecognizer,
    PrivateKeyRecognizer,
    SignedTokenRecognizer,
)
from detectors.recognizers.common.service import (
    CustomerNumberRecognizer,
    OrderNumberRecognizer,
    ParcelRecognizer,
    PostalItemRecognizer,
    TicketNumberRecognizer,
)
from detectors.recognizers.common.telephone import BareTelephoneRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    MailAddressRecognizer,
    UrlCredentialsRecognizer,
    MachineAddressRecognizer,
    HardwareAddressRecognizer,
    UniversalIdRecognizer,
    PaymentCardRecognizer,
    BankAccountRecognizer,
    BankCodeRecognizer,
    WalletAddressRecognizer,
    MobileDeviceRecognizer,
    VehicleRecognizer,
    CoordinatesRecognizer,
    BirthDateRecognizer,
    BareTelephoneRecognizer,
    StreetAddressRecognizer,
    CompoundStreetRecognizer,
    PostalPlaceRecognizer,
    ApiKeyRecognizer,
    PrivateKeyRecognizer,
    SignedTokenRecognizer,
    ConnectionStringRecognizer,
    PasswordRecognizer,
    AssignedPasswordRecognizer,
    AssignedSecretRecognizer,
    InternalHostRecognizer,
    LicenceHeaderRecognizer,
    OrderNumberRecognizer,
    TicketNumberRecognizer,
    CustomerNumberRecognizer,
    PostalItemRecognizer,
    ParcelRecognizer,
)
