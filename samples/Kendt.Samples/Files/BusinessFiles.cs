namespace Kendt.Samples;

/// <summary>Business customers and their contacts, from the sales people's system; now and then a company is there twice.</summary>
internal static class BusinessFiles
{
    public static async Task<DemoFile> CompaniesAsync(Export export)
    {
        const string name = "business-customers.csv";
        await using var csv = export.Csv(
            name, "account_no,company,cvr,domain,address,zip,city,country,employees,industry,parent_account_no,created_at");
        foreach (var company in export.World.Companies)
        {
            var dice = Dice.For(export.Options.Seed, "company row", company.Number);
            Write(company, company.Account, company.Name, company.Cvr);
            if (!dice.Chance(0.05)) continue;
            Write(company, $"K{20_000 + company.Number}", Again(company.Name, dice), dice.Chance(0.4) ? company.Cvr : "");
        }

        return Export.Entry(name, "business", csv.Rows);

        void Write(Company company, string account, string called, string cvr)
        {
            csv.Row(
                account, called, cvr, company.Domain, company.Address.Street, company.Address.Postcode, company.Address.City, "DK",
                Written.Whole(company.Employees), company.Industry, company.Parent?.Account ?? "", Written.Iso(company.CreatedAt));
            export.Truth.Link(company.Id, "business", account);
            export.Truth.Link(company.Id, "account_no", account);
        }
    }

    public static async Task<DemoFile> ContactsAsync(Export export)
    {
        const string name = "business-contacts.csv";
        await using var csv = export.Csv(name, "contact_no,account_no,first_name,last_name,title,email,phone,role");
        foreach (var company in export.World.Companies)
        {
            foreach (var contact in company.Contacts)
            {
                var dice = Dice.For(export.Options.Seed, "contact", contact.Person.Number);
                var card = Forms.Fill(contact.Person, Form.Office, company.CreatedAt, dice, contact.Email);
                csv.Row(contact.Number, company.Account, card.First, card.Last, contact.Title, card.Email, card.Phone, contact.Role);
                export.Truth.Row(contact.Person.Id, "business-contacts", contact.Number, card.Email, card.Phone);
                if (contact.Account is not { } account) continue;
                export.Truth.Link(contact.Person.Id, "user_id", account.UserId);
                export.Truth.Email(contact.Person.Id, account.Card.Email);
                export.Truth.Phone(contact.Person.Id, account.Card.Phone);
            }
        }

        return Export.Entry(name, "business-contacts", csv.Rows);
    }

    private static string Again(string name, Dice dice) => dice.Below(3) switch
    {
        0 => name.Replace("A/S", "AS").Replace("ApS", "Aps"),
        1 => name.ToUpperInvariant(),
        _ => name.Replace(" A/S", "").Replace(" ApS", ""),
    };
}
