#!/usr/bin/env python3
"""Tables of another nature than generate.py's, with the truth in the last column (cluster): other names, fields, errors and shares of duplicates.

  others.py KIND [--records N] [--seed S] [--out FILE]      KIND: one of those below, or "list"
"""
import argparse, csv, random, sys

MEN = "Arthur Harold Walter Ernest Alfred Sidney Clifford Herbert Leonard Cyril Norman Reginald Percy Horace Albert Frank Wilfred Stanley Hugo Emil Otto Karl Ludwig Felix Anton Bruno Kurt Georg Werner Heinz Mateo Diego Javier Pablo Luis Carlos Omar Yusuf Ali Hassan Tariq Imran Wei Jun Hiro Kenji Viggo Aage Poul Svend Bent Knud Leif Ivan Igor Sergei".split()
WOMEN = "Edith Florence Doris Gladys Ethel Winifred Hilda Mabel Nellie Violet Ivy Elsie Lilian Beatrice Maud Agnes Clara Greta Ilse Gerda Frieda Helga Ingrid Ursula Renate Lucia Carmen Pilar Elena Sofia Rosa Fatima Aisha Layla Noor Zainab Mei Lin Yuki Hana Gudrun Bodil Inga Tove Ebba Ruth Olga Nina Irina Tanya".split()
SHORT = {"Arthur": "Art", "Walter": "Walt", "Alfred": "Alf Fred", "Leonard": "Len", "Norman": "Norm", "Reginald": "Reg", "Albert": "Bert", "Frank": "Frankie", "Stanley": "Stan", "Edith": "Edie", "Florence": "Flo", "Winifred": "Winnie", "Beatrice": "Bea", "Agnes": "Aggie", "Sofia": "Sophie", "Ruth": "Ruthie"}
ENDS = "ford wick shaw combe worth dale hurst stein mann berg bauer ez ova ini oglu tsu moto kar gren holm strand".split()
BITS = "ab bal bar cal chad cor dan del dor fal gar gil har hol ker lam lin mar mor nel pen por ral ren ros sal sel tar tor ul van wal wes yor zan".split()
ROADS = "Albion Beech Canal Dock Eden Forge Garnet Harbour Inkerman Jubilee Kelvin Laburnum Monks Nelson Orchard Priory Quarry Regent Salisbury Tanners Union Vine Westgate Yew".split()
KINDS = "Street Road Avenue Lane Terrace Close Place Crescent".split()
BUSINESS = "Bakery Plumbing Consulting Logistics Motors Fisheries Textiles Electronics Catering Insurance Foods Printing Timber Dental Software Travel Roofing Security Furniture Press".split()
FORMS = ["Ltd", "Limited", "PLC", "ApS", "A/S", "GmbH", "AB", "Inc.", "", ""]
WORK = "weaver clerk farmer carpenter miner servant teacher grocer tailor labourer smith fisherman".split()


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.surnames = ["".join(self.r.choice(BITS) for _ in range(self.r.randint(1, 2))).capitalize() + self.r.choice(ENDS) for _ in range(3000)]
        self.towns = [(str(self.r.randint(10000, 99999)), "".join(self.r.choice(BITS) for _ in range(2)).capitalize() + self.r.choice(["ham", "ton", "by", "mouth"])) for _ in range(150)]

    def often(self, share):
        return self.r.random() < share

    def surname(self):
        return self.surnames[int(len(self.surnames) * self.r.random() ** 2)]

    def address(self):
        code, town = self.r.choice(self.towns)
        return {"street": f"{self.r.randint(1, 180)} {self.r.choice(ROADS)} {self.r.choice(KINDS)}", "postcode": code, "town": town}

    def digits(self, n):
        return str(self.r.randint(2, 9)) + "".join(str(self.r.randint(0, 9)) for _ in range(n - 1))

    def person(self, home=None, surname=None):
        r, home = self.r, home or self.address()
        first, last, year = r.choice(r.choice([MEN, WOMEN])), surname or self.surname(), r.randint(1930, 2005)
        return dict(home, first=first, last=last, born=f"{year}-{r.randint(1, 12):02}-{r.randint(1, 28):02}", phone="0" + self.digits(9),
                    email=f"{first}.{last}{r.choice(['', year % 100, r.randint(1, 999)])}@{r.choice(['post.net', 'mailbox.org', 'web.example', 'inbox.io'])}".lower())

    def typo(self, v):
        if len(v) < 3:
            return v
        i = self.r.randrange(len(v) - 1)
        return self.r.choice([v[:i] + v[i + 1:], v[:i] + v[i + 1] + v[i] + v[i + 2:], v[:i] + self.r.choice("aeinrst") + v[i + 1:] if not v[i].isdigit() else v[:i] + self.digits(1) + v[i + 1:], v[:i] + v[i] + v[i:]])

    def copy(self, p, wrong=.08, gone=.12):
        d = dict(p)
        if self.often(.12) and d.get("first") in SHORT:
            d["first"] = self.r.choice(SHORT[d["first"]].split())
        for k in d:
            if self.often(gone):
                d[k] = ""
            elif self.often(wrong):
                d[k] = self.typo(d[k])
        return d


def copies(m, share):
    """Records of one person, so that about this share of all records is a duplicate of another."""
    n = 1
    while m.often(share):
        n += 1
    return n


def share(m, n, part):
    while True:
        p = m.person()
        yield [m.copy(p) for _ in range(copies(m, part))]


def two_percent(m, n):
    return share(m, n, .02)


def thirty_percent(m, n):
    return share(m, n, .3)


def five_each(m, n):
    while True:
        p = m.person()
        yield [m.copy(p) for _ in range(5)]


def sparse(m, n):
    """Three or four values a record, of eight."""
    while True:
        p = m.person()
        some = []
        for _ in range(copies(m, .45)):
            d = m.copy(p, .04, 0)
            for k in m.r.sample(sorted(d), len(d) - m.r.choice([4, 5])):
                d[k] = ""
            some.append(d)
        yield some


def census(m, n):
    """Names, birth and place as clerks heard them; two errors a record and more, no contacts, large families."""
    while True:
        home, last = m.address(), m.surname()
        for _ in range(m.r.randint(1, 7)):
            p = m.person(home, last)
            birthplace = m.r.choice(m.towns)[1]
            some = []
            for _ in range(m.r.choice([1, 2, 3, 4, 5, 6])):
                d = m.copy(dict(first=p["first"], last=p["last"], born=p["born"], birthplace=birthplace, town=p["town"], occupation=m.r.choice(WORK)), .22, .08)
                if m.often(.12):
                    d["born"] = d["born"][:4] and f"{int(p['born'][:4]) + m.r.choice([-1, 1])}-{p['born'][5:]}"
                some.append(d)
            yield some


def families(m, n):
    """Twins, sons named after their fathers, one telephone and one e-mail for all."""
    while True:
        home, last = m.address(), m.surname()
        head = m.person(home, last)
        people = [head]
        for _ in range(m.r.randint(0, 3)):
            p = m.person(home, last)
            if m.often(.4):
                p["phone"] = head["phone"]
            if m.often(.2):
                p["email"] = head["email"]
            if m.often(.12):
                p["born"] = people[-1]["born"]
            if m.often(.06):
                p["first"] = head["first"]
            people.append(p)
        for p in people:
            yield [m.copy(p) for _ in range(copies(m, .35))]


def switchboard(m, n):
    """Contacts of companies: an address, a telephone number and often an office's e-mail in common; no birth dates."""
    while True:
        at = dict(m.address(), company=f"{m.surname()} {m.r.choice(BUSINESS)} {m.r.choice(FORMS)}".strip(), phone="0" + m.digits(9))
        domain = at["company"].split()[0].lower() + ".example"
        for _ in range(m.r.choice([1, 2, 3, 5, 8, 20])):
            p = m.person(at)
            p["phone"], p["company"] = at["phone"], at["company"]
            p["email"] = f"office@{domain}" if m.often(.15) else f"{p['first'][0]}{p['last']}@{domain}".lower()
            del p["born"]
            yield [m.copy(p) for _ in range(copies(m, .3))]


def companies(m, n):
    """Companies with their legal forms and branches, a registration number in some."""
    while True:
        name = f"{m.surname()} {m.r.choice(BUSINESS)}" if m.often(.7) else f"{m.surname()} & {m.surname()}"
        form, number = m.r.choice(FORMS), m.digits(8)
        for branch in range(2 if m.often(.08) else 1):
            c = dict(m.address(), company=name, vat=number if branch == 0 else m.digits(8), phone="0" + m.digits(9), website="www." + name.replace(" ", "").replace("&", "and").lower() + ".example")
            some = []
            for _ in range(copies(m, .35)):
                d = m.copy(c, .08, .1)
                if m.often(.45):
                    d["vat"] = ""
                d["company"] = (d["company"].upper() if m.often(.15) else d["company"].replace("&", "and") if m.often(.3) else d["company"]) + (" " + (form if m.often(.7) else m.r.choice(FORMS))).rstrip()
                some.append(d)
            yield some


def two_sources(m, n):
    """A shop that knows whole names and e-mails, and a register that knows names in parts, birth dates and addresses; telephone and postcode in both."""
    while True:
        p = m.person()
        some = []
        for _ in range(copies(m, .4)):
            d = m.copy(p, .06, .06)
            if m.often(.5):
                some.append(dict(source="shop", name=f"{d['first']} {d['last']}".strip(), email=d["email"], phone=d["phone"], postcode=d["postcode"]))
            else:
                some.append(dict(source="register", first=d["first"], last=d["last"], born=d["born"], street=d["street"], postcode=d["postcode"], town=d["town"], phone=d["phone"]))
        yield some


SETS = {f.__name__: f for f in (two_percent, thirty_percent, five_each, sparse, census, families, switchboard, companies, two_sources)}


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("kind", choices=[*SETS, "list"])
    a.add_argument("--records", type=int, default=20000)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--out", default="-")
    a = a.parse_args()
    if a.kind == "list":
        return print(*SETS, sep="\n")
    m, rows = Maker(a.seed), []
    for cluster, some in enumerate(SETS[a.kind](m, a.records)):
        rows += [dict(d, cluster=cluster) for d in some]
        if len(rows) >= a.records:
            break
    m.r.shuffle(rows)
    columns = [c for c in dict.fromkeys(k for d in rows for k in d) if c != "cluster"]
    w = csv.writer(sys.stdout if a.out == "-" else open(a.out, "w", newline="", encoding="utf-8"))
    w.writerow(["rec_id", *columns, "cluster"])
    w.writerows([i] + [d.get(c, "") for c in columns] + [d["cluster"]] for i, d in enumerate(rows[: a.records]))


main()
