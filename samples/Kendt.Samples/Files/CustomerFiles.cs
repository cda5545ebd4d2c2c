namespace Kendt.Samples;

/// <summary>The customer tables of the webshop and the loyalty club.</summary>
internal static class CustomerFiles
{
    public static async Task<DemoFile> WebshopAsync(Export export)
    {
        const string name = "webshop-customers.csv";
        await using var csv = export.Csv(
            name, "user_id,email,first_name,last_name,phone,street,zip,city,country,created_at,newsletter,language");
        var accounts = export.World.Lives.SelectMany(life => life.Holdings.Accounts.Select(account => (Account: account, Life: life)))
            .OrderBy(entry => entry.Account.UserId, StringComparer.Ordinal);
        foreach (var (account, life) in accounts)
        {
            var card = account.Card;
            var last = life.Decisions.FindLast(decision => decision.Purpose == "email_marketing");
            csv.Row(
                account.UserId, card.Email, card.First, card.Last, card.Phone, card.Street, card.Postcode, card.City, card.Country,
                Written.Iso(account.CreatedAt), last?.State == "granted" ? "1" : "0", account.Person.Language);
            export.Truth.Row(account.Person.Id, "webshop-customers", account.UserId, card.Email, card.Phone);
            export.Truth.Link(account.Person.Id, "user_id", account.UserId);
        }

        return Export.Entry(name, "webshop-customers", csv.Rows);
    }

    public static async Task<DemoFile> LoyaltyAsync(Export export)
    {
        const string name = "loyalty-members.csv";
        await using var csv = export.DanishCsv(
            name, "Medlemsnr,Fornavn,Efternavn,Fødselsdato,Køn,Email,Mobil,Adresse,Postnr,By,Land,Indmeldt,Niveau,Point,Saldo");
        var cards = export.World.Lives.SelectMany(life => life.Holdings.Cards.Select(card => (Card: card, Life: life)))
            .OrderBy(entry => entry.Card.JoinedAt);
        foreach (var (loyalty, life) in cards)
        {
            var card = loyalty.Card;
            var spent = life.Purchases.Where(purchase => purchase.Card == loyalty.Number).Sum(purchase => purchase.Total);
            csv.Row(
                loyalty.Number, card.First, card.Last, card.Birthday is { } born ? Written.Danish(born) : "",
                loyalty.Person.Female ? "K" : "M", card.Email, card.Phone, card.Street, card.Postcode, card.City,
                card.Country == "DK" ? "Danmark" : "England", Written.Danish(DateOnly.FromDateTime(loyalty.JoinedAt)),
                spent > 12_000 ? "Guld" : spent > 4_000 ? "Sølv" : "Bronze", Written.Whole((long)Math.Max(0, spent / 10)),
                Written.DanishMoney(Math.Max(0, spent) * 0.02m));
            export.Truth.Row(loyalty.Person.Id, "loyalty", loyalty.Number, card.Email, card.Phone);
            export.Truth.Link(loyalty.Person.Id, "loyalty_no", loyalty.Number);
        }

        return Export.Entry(name, "loyalty", csv.Rows);
    }

    public static async Task<DemoFile> ConsentsAsync(Export export)
    {
        const string name = "consents.csv";
        await using var csv = export.Csv(name, "consent_id,email,loyalty_no,purpose,state,at,channel");
        foreach (var decision in export.World.Lives.SelectMany(life => life.Decisions).OrderBy(decision => decision.At))
        {
            var id = $"S{csv.Rows + 1:D6}";
            csv.Row(id, decision.Email, decision.Card, decision.Purpose, decision.State, Written.Iso(decision.At), decision.Channel);
            export.Truth.Row(decision.Person.Id, "consents", id, decision.Email);
        }

        return Export.Entry(name, "consents", csv.Rows);
    }
}
