using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Proposes what a column means: by its name, in Danish and English, and by its values, which may overrule the name.</summary>
internal static class Meanings
{
    private sealed record Rule(Meaning Meaning, string[] Names, Func<ColumnLook, double>? Values = null, double Alone = 0, Func<ColumnLook, bool>? Unless = null);

    // The names are folded: lower case, no spaces, ae oe aa.
    private static readonly Rule[] Rules =
    [
        new(Meaning.PersonalNumber, Words("cpr cprnr cprnummer personnummer ssn"), l => l.Share(l.PersonalNumbers), 0.9),
        new(Meaning.Email, Words("email mail emailadresse emailaddress mailadresse epost eposte kundeemail customeremail useremail contactemail"), l => l.Share(l.Emails), 0.97),
        new(Meaning.Phone, Words("phone phonenumber phoneno telephone tel tlf telefon telefonnr telefonnummer mobil mobile mobilnr mobilnummer mobiltelefon mobilephone cell cellphone gsm msisdn"), l => l.Share(l.Phones + l.MaybePhones), 0.7),
        new(Meaning.FirstName, Words("firstname first fornavn fornavne givenname forename"), l => l.Share(l.FirstNames), 0.65),
        new(Meaning.LastName, Words("lastname last efternavn surname familyname slaegtsnavn"), Unless: IsNoName),
        new(Meaning.FullName, Words("name navn fullname fuldenavn fuldtnavn kundenavn customername contactname kontaktperson guestname"), Unless: IsNoName),
        new(Meaning.Birthday, Words("birthday birthdate dateofbirth dob bday foedselsdag foedselsdato foedt foeddato born"), l => l.DayShare),
        new(Meaning.Gender, Words("gender sex koen"), l => l.Share(l.Genders), 0.6),
        new(Meaning.Language, Words("language lang sprog locale"), l => l.Share(l.Languages), 0.5),
        new(Meaning.Street, Words("street address adresse address1 addressline1 streetaddress adresse1 vej gade vejnavn postadresse deliveryaddress"), l => l.Share(l.Streets), 0.6),
        new(Meaning.PostalCode, Words("postalcode postcode zip zipcode postnr postnummer postno"), Unless: l => l.LongestText > 12),
        new(Meaning.City, Words("city town by bynavn postdistrikt postby locality"), Unless: IsNoName),
        new(Meaning.Region, Words("region state province amt landsdel county kommune"), Unless: l => IsNoName(l) || l.Share(l.ConsentStates) > 0.5),
        new(Meaning.Country, Words("country countrycode land landekode countryname"), l => l.Share(l.Countries), 0.6),
        new(Meaning.LoyaltyNo, Words("loyaltyno loyaltynumber loyaltyid memberno membernumber memberid membershipno medlemsnr medlemsnummer medlemsid medlemnr kortnr kortnummer cardno cardnumber klubnr")),
        new(Meaning.CustomerNo, Words("customerid customerno customernumber custid custno userid userno kundeid kundenr kundenummer debitornr debitornummer clientid personid householdid contactid contactno brugerid guestid subscriberid")),
        new(Meaning.AccountNo, Words("accountno accountid accountnumber kontonr companyid companyno firmanr virksomhedsid")),
        new(Meaning.AnonymousId, Words("anonymousid anonid cookie cookieid visitorid sessionid gaclientid")),
        new(Meaning.Company, Words("company companyname firma firmanavn virksomhed virksomhedsnavn organisation organization account accountname employer"), Unless: IsNoName),
        new(Meaning.CompanyNo, Words("cvr cvrnr cvrnummer vat vatno vatnumber orgnr orgnumber")),
        new(Meaning.ConsentState, Words("consent consentstate samtykke samtykker permission optin consentstatus state status"), l => l.Share(l.ConsentStates), 0.8),
        new(Meaning.ConsentPurpose, Words("purpose consentpurpose formaal consenttype samtykketype"), Unless: IsNoName),
        new(Meaning.ConsentTime, Words("consentat consentdate consenttime samtykkedato samtykketid"), l => l.DayShare),
        new(Meaning.Updated, Words("updated updatedat lastupdated modified modifiedat lastmodified changedat aendret opdateret rettet senestaendret timestampupdated"), l => l.DayShare),
        new(Meaning.Created, Words("created createdat createddate creationdate signupdate registered registeredat oprettet oprettetdato indmeldt indmeldelsesdato membersince joined joinedat"), l => l.DayShare),
        new(Meaning.Time, Words("time timestamp at ts date datetime dato tid tidspunkt when eventtime occurredat orderdate ordertime ordredato koebsdato purchasedate bondato openedat sentat visitedat closedat returnedat bookeddate ordreoprettet transactiondate day"), l => l.DayShare),
        new(Meaning.OrderNo, Words("orderid orderno ordernumber ordrenr ordrenummer ordreid bonnr bon bonnummer receipt receiptno receiptid receiptnumber transactionid transactionno fakturanr invoiceno invoiceid invoicenumber basketid koebsnr")),
        new(Meaning.ProductNo, Words("productid productno productnumber sku itemno itemid itemnumber varenr varenummer vareid ean gtin articleno artikelnr produktid produktnr")),
        new(Meaning.ProductName, Words("product productname itemname vare varenavn produkt produktnavn article artikel item"), Unless: IsNoName),
        new(Meaning.Category, Words("category kategori productcategory varegruppe department"), Unless: IsNoName),
        new(Meaning.Quantity, Words("quantity qty antal stk units pieces"), l => l.NumberShare),
        new(Meaning.Price, Words("price unitprice pris stkpris enhedspris itemprice"), l => l.NumberShare),
        new(Meaning.Discount, Words("discount rabat discountamount"), l => l.NumberShare),
        new(Meaning.Amount, Words("amount total totalamount revenue beloeb sum ordertotal grandtotal omsaetning value salesvalue totalprice linetotal belob"), l => l.NumberShare),
        new(Meaning.Currency, Words("currency valuta currencycode"), l => l.Share(l.Currencies), 0.75),
        new(Meaning.TicketNo, Words("ticketid ticketno ticket caseid caseno casenumber sagsnr sagsnummer sagid henvendelsesid")),
        new(Meaning.Subject, Words("subject emne"), Unless: IsNoName),
        new(Meaning.Campaign, Words("campaign kampagne campaignid campaignname newsletter nyhedsbrev mailing utmcampaign"), Unless: IsNoName),
        new(Meaning.Action, Words("action event eventtype eventname activity handling haendelse activitytype"), Unless: l => IsNoName(l) || l.Words.Count > 40 || l.Distinct * 2 > l.Filled),
        new(Meaning.Action, [], l => l.Share(l.MailActions), 0.8),
        new(Meaning.Url, Words("url link page pageurl side href website landingpage"), l => l.Share(l.Urls), 0.85),
        new(Meaning.Device, Words("deviceid device idfa gaid adid maid browserid")),
        new(Meaning.DeviceKind, Words("devicetype devicekind enhedstype")),
        new(Meaning.Audiences, Words("audiences audience segments segmenter audienceids taxonomy"), Unless: IsNoName),
        new(Meaning.Score, Words("score confidence probability"), l => l.NumberShare),
    ];

    private static readonly Meaning[] OncePerRow =
        [Meaning.CustomerNo, Meaning.LoyaltyNo, Meaning.AccountNo, Meaning.AnonymousId, Meaning.Email, Meaning.Phone, Meaning.OrderNo, Meaning.TicketNo, Meaning.ConsentState, Meaning.ConsentPurpose, Meaning.Device, Meaning.Audiences, Meaning.Action];

    // Too general to say anything as the end of a longer name: shop_name is nobody's name.
    private static readonly HashSet<string> Vague = [.. Words("name navn first last by land item product page side state status account at region article item vare sum value event consent purpose score born sex day")];

    private static readonly HashSet<string> AllNames = [.. Rules.SelectMany(r => r.Names)];

    /// <summary>Whether a cell is what columns are called.</summary>
    public static bool KnowsHeader(string cell) => cell.Length is > 0 and <= 60 && AllNames.Contains(Folded(cell));

    /// <summary>Whether a name is that of an id or a number of something.</summary>
    public static bool IsIdName(string name) =>
        Folded(name) is var n && (n.EndsWith("id", StringComparison.Ordinal) || n.EndsWith("nr", StringComparison.Ordinal) || n.EndsWith("nummer", StringComparison.Ordinal) || n.EndsWith("upc", StringComparison.Ordinal)
            || n is "no" or "key" or "guid" or "uuid" or "number" || Fold.Text(Spaced(name)).EndsWith(" no", StringComparison.Ordinal));

    /// <summary>The likeliest meanings of columns that stand beside each other.</summary>
    public static List<MeaningGuess> Guess(List<ColumnLook> columns)
    {
        var guesses = columns.ConvertAll(Guess);
        foreach (var meaning in OncePerRow)
        {
            // parent_account_no beside account_no is another's number: taken for the row's own, it would make one customer of two.
            var all = guesses.Index().Where(g => g.Item.Meaning == meaning).ToList();
            if (all.Count < 2) continue;
            var best = all.MaxBy(g => g.Item.Confidence);
            foreach (var (i, _) in all.Where(g => g.Index != best.Index)) guesses[i] = new(Meaning.Other, 0.3, new(false, null));
        }
        // Where there is nobody, a name is a thing's.
        if (guesses.Any(g => g.Meaning == Meaning.ProductNo) && !guesses.Any(g => g.Meaning is Meaning.Email or Meaning.Phone or Meaning.CustomerNo or Meaning.LoyaltyNo or Meaning.LastName or Meaning.AnonymousId)
            && guesses.FindIndex(g => g.Meaning == Meaning.FullName) is >= 0 and var name) guesses[name] = guesses[name] with { Meaning = Meaning.ProductName, Confidence = 0.6 };
        return guesses;
    }

    /// <summary>The likeliest meaning; <see cref="Meaning.Other"/> where nothing was seen.</summary>
    public static MeaningGuess Guess(ColumnLook column)
    {
        if (column.Filled == 0) return new(Meaning.Ignore, column.Rows == 0 ? 0.3 : 0.9, new(false, null));
        var name = Folded(column.Name);
        var last = Folded(column.Name[(column.Name.LastIndexOf('.') + 1)..]); // of a nested object
        var words = Fold.Text(Spaced(column.Name)).Split(' ');
        MeaningGuess best = new(Meaning.Other, 0.3, new(false, null));
        foreach (var rule in Rules)
        {
            // The last word of a name is what it is about: customer_email, order date.
            var said = rule.Names.Contains(name) ? 1.0
                : last.Length < name.Length && rule.Names.Contains(last) && !Vague.Contains(last) ? 0.9
                : words.Length < 2 ? 0
                : rule.Names.Contains(words[^2] + words[^1]) ? 0.8
                : rule.Names.Contains(words[^1]) && !Vague.Contains(words[^1]) ? 0.7 : 0;
            if (rule.Unless?.Invoke(column) is true) continue;
            double? share = rule.Values?.Invoke(column);
            var confidence = said > 0
                ? share is { } fits ? fits < 0.3 ? 0.2 : said * (0.55 + 0.43 * fits) : said * 0.85
                : share is { } alone && alone >= 0.85 ? rule.Alone * alone : 0;
            if (confidence > best.Confidence) best = new(rule.Meaning, Math.Round(confidence, 2), new(said > 0, share is null ? null : Math.Round(share.Value, 3)));
        }
        return best;
    }

    // Numbers, days, yes and no.
    private static bool IsNoName(ColumnLook column) => column.NumberShare > 0.5 || column.DayShare > 0.5 || column.Share(column.Booleans) > 0.9 || column.Share(column.Emails) > 0.5;

    private static string Folded(string name) => Fold.Text(name).Replace(" ", "", StringComparison.Ordinal);

    // camelCase has its words apart like others.
    private static string Spaced(string name)
    {
        var text = new System.Text.StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1])) text.Append(' ');
            text.Append(name[i]);
        }
        return text.ToString();
    }

    private static string[] Words(string names) => names.Split(' ');
}
