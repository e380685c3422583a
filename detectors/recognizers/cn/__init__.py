"""Mainland China: identifiers of persons and organisations, numbers and accounts to reach a person, cards, plates, addresses."""

from __future__ import annotations

from detectors.recognizers.cn.address import CnAddressRecognizer
from detectors.recognizers.cn.bank_card import CnBankCardRecognizer
from detectors.recognizers.cn.foreigner_id import CnForeignerIdRecognizer
from detectors.recognizers.cn.landline import CnLandlineRecognizer
from detectors.recognizers.cn.mobile import CnMobileRecognizer
from detectors.recognizers.cn.organisation import CnOrganisationCodeRecognizer, CnUsccRecognizer
from detectors.recognizers.cn.passport import CnPassportRecognizer
from detectors.recognizers.cn.resident_id import CnResidentIdRecognizer
from detectors.recognizers.cn.service_id import CnMilitaryIdRecognizer, CnPoliceIdRecognizer
from detectors.recognizers.cn.social_account import CnQqRecognizer, CnWechatIdRecognizer
from detectors.recognizers.cn.travel_permit import CnTaiwanTravelPermitRecognizer, CnTravelPermitRecognizer
from detectors.recognizers.cn.vehicle_plate import CnVehiclePlateRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    CnResidentIdRecognizer,
    CnForeignerIdRecognizer,
    CnPassportRecognizer,
    CnTravelPermitRecognizer,
    CnTaiwanTravelPermitRecognizer,
    CnMilitaryIdRecognizer,
    CnPoliceIdRecognizer,
    CnMobileRecognizer,
    CnLandlineRecognizer,
    CnWechatIdRecognizer,
    CnQqRecognizer,
    CnAddressRecognizer,
    CnBankCardRecognizer,
    CnVehiclePlateRecognizer,
    CnUsccRecognizer,
    CnOrganisationCodeRecognizer,
)
