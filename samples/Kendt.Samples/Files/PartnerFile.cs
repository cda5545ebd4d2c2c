namespace Kendt.Samples;

/// <summary>Guests of a partner's hotels and cabins, bought: half are customers (15 in 100 of the people), half strangers.</summary>
internal static class PartnerFile
{
    private static string Holiday(Category category) => category.Name switch
    {
        "Ski" => "Ski holiday",
        "Climbing" => "Alpine summer",
        "Kids" => "Family cabin",
        "Tents" or "Sleeping bags" => "Camping",
        "Boots" or "Backpacks" => "Hiking",
        _ => "City break",
    };

    public static async Task<DemoFile> WriteAsync(Export export)
    {
        const string name = "partner-travel.csv";
        await using var csv = export.Csv(name, "guest_id,full_name,email,mobile,city,country,nights_12m,last_stay,interest");
        var dice = Dice.For(export.Options.Seed, "partner");
        var adults = export.World.People.Where(person => !person.Child).ToList();
        dice.Shuffle(adults);
        var customers = adults.Take(export.Options.People * 15 / 100).Select(person => (person.Id, Person: person));
        var others = export.Options with { Seed = export.Options.Seed + 7919, People = export.Options.People * 15 / 100 };
        var strangers = Population.Draw(others, export.Calendar, new Mailboxes())
            .Select(person => (Id: $"S{person.Number:D6}", Person: person));
        var guests = customers.Concat(strangers).ToList();
        dice.Shuffle(guests);
        foreach (var (id, person) in guests)
        {
            var at = export.Calendar.Closes.AddDays(-dice.Between(5.0, 365));
            var card = Forms.Fill(person, Form.Partner, at, dice);
            if (id[0] == 'S' && card.Email.Length > 0) card = card with { Email = $"g{dice.Between(10, 99)}.{card.Email}" };
            var written = dice.Chance(0.2) ? $"{card.Last.Trim()}, {card.First}" : card.FullName;
            var holiday = Holiday(Catalogue.Categories[person.Tastes.Favourites[0]]);
            var key = $"G{100_000 + csv.Rows * 3}";
            csv.Row(
                key, written, card.Email, card.Phone, card.City, card.Country, Written.Whole(1 + dice.Poisson(3.5)),
                Written.Iso(DateOnly.FromDateTime(at)), dice.Chance(0.75) ? holiday : "City break");
            export.Truth.Row(id, "partner-travel", key, card.Email, card.Phone);
        }

        return Export.Entry(name, "partner-travel", csv.Rows);
    }
}
