"""Deposit files and OF lists for the benchmark: organisation `i` has always the same NDA and SIREN."""
import datetime

HEADER = ('NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;'
          'dateDecisionCertif;dateFinValiditeCertif')


def _day(years):
    today = datetime.date.today()
    return today.replace(year=today.year + years, day=min(today.day, 28)).strftime('%d/%m/%Y')


def deposit(lines, end_years=2, changed=0):
    """A list that every control accepts; the first `changed` lines differ from those of an unchanged one."""
    decision, end, other_end = _day(-1), _day(end_years), _day(end_years + 1)
    rows = [f'11{i:09d};{300000000 + i};OUI;NON;NON;NON;{decision};{other_end if i < changed else end}'
            for i in range(lines)]
    return ('\r\n'.join([HEADER] + rows) + '\r\n').encode()


def broken(lines):
    """A list with an error in every cell."""
    row = '11;A0;Oui;oui;non;1;2022-01-31;1/2/2022'
    return ('\r\n'.join([HEADER] + [row] * lines) + '\r\n').encode()


def reference(count):
    return ('NDA;SIREN\n' + ''.join(f'11{i:09d};{300000000 + i}\n' for i in range(count))).encode()
