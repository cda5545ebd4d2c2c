using System.Text;
using Kendt.Unify.Matching.Normalise;

namespace Kendt.Unify.Matching;

/// <summary>What headings mean, Danish and English.</summary>
internal static class Headings
{
    private static readonly Dictionary<string, Meaning> Whole = Read("""
        GivenName: firstname fname givenname forename fornavn first given christianname firstnames fornavne nickname kaldenavn
        MiddleName: middlename mname mellemnavn middle secondname middleinitial
        Surname: surname lastname lname familyname efternavn last family slaegtsnavn sname birthname maidenname
        FullName: name navn fullname fuldenavn customername kundenavn personname contactname kontaktnavn contact kontaktperson displayname author cardholder
        CompanyName: company companyname firma firmanavn virksomhed virksomhedsnavn organisation organization organisationname organizationname organisationsnavn orgname employer business businessname account accountname kontonavn legalname tradename sitename facility facilityname school shop store brand manufacturer
        BirthDate: dob dateofbirth birthdate birthday foedselsdato foedselsdag foedt foedselsdagsdato bday born geburtsdatum
        Gender: gender sex koen
        Identity: passport passportno passportnumber isbn issn ean gtin upc sku driverslicense driverlicense licensenumber iban accountnumber accountno customerno customernumber customerid kundenr kundenummer loyaltyno loyaltynumber loyaltyid memberno membernumber memberid medlemsnr medlemsnummer userid externalid
        OfficialNumber: ssn socsecid socialsecuritynumber socialsecurity cpr cprnr cprnummer personnummer nationalid nationalidnumber nin nino nhs nhsnumber cvr cvrnr cvrnummer vat vatno vatnumber ein taxid tin duns dunsnumber orgnr orgno organisationsnummer registrationnumber registrationno regno companynumber companyno lei personnr
        Street: address adresse street streetaddress vej gade vejnavn gadenavn address1 addressline1 adresse1 adresselinje1 addr addr1 addressstreet streetname postaladdress road homeaddress billingaddress shippingaddress fulladdress
        HouseNumber: streetnumber housenumber houseno husnr husnummer streetno gadenummer vejnummer streetnum number nr
        AddressLine: address2 addressline2 adresse2 adresselinje2 addr2 unit apartment apt flat building suite co floor etage placename
        Postcode: postcode postalcode zip zipcode postnr postnummer postkode postal addresspostalcode postcd plz postcodefake
        City: city town by bynavn suburb locality municipality kommune village postdistrikt poststed addresscity
        Region: state region county province stat landsdel amt addressstate administrativearea
        Country: country land countrycode landekode nation nationality addresscountry
        Phone: phone telephone phonenumber mobile mobil cell cellphone telefon telefonnummer tlf tlfnr mobilnr mobilnummer mobilephone tel phoneno homephone workphone contactnumber msisdn fax phone1 phone2 telefonnr
        Email: email mail emailaddress epost epostadresse mailadresse emailadresse emailadr mailaddress contactemail
        Domain: domain website url web hjemmeside homepage webaddress www site domaene
        Words: title description notes note comment product productname item headline subject authors beskrivelse titel
        Nothing: timestamp createdat updatedat created updated oprettet opdateret modified lastmodified rowid rownumber index importedat source kilde sourcesystem system recordid recid uniqueid uuid guid
        """);

    /// <summary>The meaning of a heading, if it is a known one. Words like <c>customer_</c> or <c>_1</c> around it do not matter.</summary>
    public static Meaning? Find(string heading)
    {
        var words = new List<string>();
        var spaced = new StringBuilder();
        for (var i = 0; i < heading.Length; i++)
        {
            if (i > 0 && char.IsUpper(heading[i]) && char.IsLower(heading[i - 1])) spaced.Append(' ');
            spaced.Append(heading[i]);
        }
        words.AddRange(Folded.Of(spaced.ToString()).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        // The longest row of words that is known, the last such: "customer address street name".
        for (var length = words.Count; length > 0; length--)
        {
            for (var from = words.Count - length; from >= 0; from--)
            {
                if (Whole.TryGetValue(string.Concat(words.Skip(from).Take(length)), out var meaning) && (length == words.Count || meaning is not Meaning.Nothing)) return meaning;
            }
        }
        return null;
    }

    private static Dictionary<string, Meaning> Read(string text)
    {
        var meanings = new Dictionary<string, Meaning>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(": ", 2);
            foreach (var word in parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)) meanings[word] = Enum.Parse<Meaning>(parts[0]);
        }
        return meanings;
    }
}
