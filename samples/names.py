"""Believable names for people of whom only a number is known. The same number has the same name."""

# 61 and 67 have no common divisor, so the first 4,087 numbers all get different names.
_GIVEN = """
Aarav Abena Adaeze Agnieszka Ahmed Aiko Alejandra Amina Anders Anjali Antonio Asha Aylin Beatriz Bilal
Carmen Chidi Chloé Daniel Diego Dmitri Elena Emeka Emma Fatou Femi Freya Gabriel Goran Grace Hana Hassan
Hye-jin Ingrid Iván Jamal Jin Joana Kamala Kenji Kofi Lars Layla Lucía Maja Malik Mateo Mei Minh Nadia Nia
Olga Omar Priya Rania Rosa Samir Sofia Tomasz Yara Zoltán
"""
_FAMILY = """
Abdi Achebe Adeyemi Ahmadi Almeida Andersson Baptiste Bianchi Bondarenko Castillo Chatterjee Chen Dang
Delacroix Demir Diallo Dvořák Eriksen Eze Farouk Fernández Fischer Gashi Georgiou Haddad Herrera Horvat
Ibrahim Ivanova Jansen Joshi Kamau Karimi Kaya Kim Kowalski Kuznetsov Lindqvist Mahlangu Mendoza Mensah
Moreau Mwangi Nakamura Ndiaye Nguyen Novák O’Brien Okafor Osei Papadopoulos Park Petrov Quispe Rahman Reyes
Rossi Santos Sato Sharma Silva Tanaka Tran Vargas Wójcik Yilmaz Zhang
"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()


def name_of(number: int) -> str:
    """Return the name for a number from 0 on."""
    return f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]}"
