using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

public sealed partial class DesignData
{
    private static readonly string[] First = ["Anne", "Mads", "Karen", "Søren", "Ida", "Emil", "Freja", "Lars", "Oliver", "Amalie", "Sofie", "Åse", "Thomas", "Grace", "Jens", "Maja", "Niels", "Clara", "James", "Birgitte"];
    private static readonly string[] Last = ["Jensen", "Nielsen", "Møller", "Ravn", "Lund", "Holm", "Kjær", "Bach", "Whitfield", "Østergaard", "Skov", "Dahl", "Friis", "Hansen", "Bruun"];
    private static readonly string[] Cities = ["København N", "Aarhus C", "Odense C", "Aalborg", "Esbjerg", "Roskilde", "Silkeborg", "Vejle", "Svendborg", "Skagen"];
    private static readonly string[] Companies = ["Nordlys Arkitekter ApS", "Vesterhavets Efterskole", "Brdr. Bruun A/S", "Kystliv Kajakklub"];

    private IReadOnlyList<PersonRow>? people;

    /// <summary>Everybody, companies first.</summary>
    public IReadOnlyList<PersonRow> People => people ??= Make();

    public Task<IReadOnlyList<PersonRow>> SuggestAsync(string text, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<PersonRow>>([.. Matching(text).Take(limit)]);

    public Task<Stretch<PersonRow>> SearchAsync(PeopleQuery query, CancellationToken cancel)
    {
        var found = Matching(query.Text).Where(person => query.Kind is null || person.Kind == query.Kind);
        found = query.Order switch
        {
            PeopleOrder.Spend => found.OrderByDescending(person => person.Spend?.Value ?? 0),
            PeopleOrder.LastSeen => found.OrderByDescending(person => person.LastSeen),
            PeopleOrder.Name => found.OrderBy(person => person.Name, StringComparer.Ordinal),
            _ => found,
        };
        var all = found.ToList();
        var page = all.Skip((query.Page - 1) * query.Size).Take(query.Size).ToList();
        return Task.FromResult(new Stretch<PersonRow>(page, all.Count, query.Page * query.Size < all.Count));
    }

    public Task<ProfileAnswer> FindAsync(ProfileId id, CancellationToken cancel)
    {
        if (People.FirstOrDefault(person => person.Id == id) is { } row) return Task.FromResult<ProfileAnswer>(View(row));
        return Task.FromResult<ProfileAnswer>(id == Merged ? new ProfileMoved(People[4].Id) : new ProfileUnknown());
    }

    /// <summary>An id that now leads to somebody else.</summary>
    public ProfileId Merged => ProfileId.For(new(Identifier.AnonymousId, "anon-merged"), Now.AddDays(-200));

    private IEnumerable<PersonRow> Matching(string text)
    {
        var folded = Fold.Text(text);
        return folded.Length == 0 ? People : People.Where(person => Fold.Text($"{person.Name} {person.Email} {person.Phone} {person.City}").Contains(folded, StringComparison.Ordinal));
    }

    private List<PersonRow> Make()
    {
        var random = new Random(20);
        var made = new List<PersonRow>();
        foreach (var company in Companies)
        {
            var domain = Fold.Text(company).Replace(" ", "", StringComparison.Ordinal) + ".example";
            made.Add(new(IdOf("company:" + company), CustomerKind.Company, company, "post@" + domain, $"+45 {random.Next(40, 99)} {random.Next(10, 99)} {random.Next(10, 99)} {random.Next(10, 99)}",
                Cities[random.Next(Cities.Length)], Now.AddHours(-random.Next(2, 900)), new(random.Next(12_000, 92_000), "DKK")));
        }
        for (var i = 0; i < 236; i++)
        {
            var (first, last) = (First[random.Next(First.Length)], Last[random.Next(Last.Length)]);
            var quiet = random.NextDouble();
            made.Add(new(IdOf($"person:{i}"), CustomerKind.Person, quiet > 0.97 ? "" : $"{first} {last}",
                quiet > 0.9 ? null : $"{Fold.Text(first)}.{Fold.Text(last)}{(i % 3 == 0 ? i : "")}@mail.example",
                quiet < 0.4 ? null : $"+45 {random.Next(20, 60)} {random.Next(10, 99)} {random.Next(10, 99)} {random.Next(10, 99)}",
                quiet > 0.93 ? null : Cities[random.Next(Cities.Length)], Now.AddMinutes(-Math.Pow(random.NextDouble(), 3) * 400_000),
                quiet > 0.85 ? null : new(Math.Round((decimal)(Math.Pow(random.NextDouble(), 4) * 38_000) + 99, 2), "DKK")));
        }
        return made;
    }

    private static ProfileId IdOf(string name) => ProfileId.For(new("design", name), new DateTimeOffset(2025, 6, 1, 8, 0, 0, TimeSpan.Zero));

    private ProfileView View(PersonRow row)
    {
        var company = row.Kind == CustomerKind.Company;
        var since = Now.AddDays(-612);
        IReadOnlyList<LinkView> links =
        [
            new("seen_together", "user_id", "u-20417", "webshop", "message:webshop:88213", 1, Now.AddDays(-410), null),
            new("seen_together", "anonymous_id", "7d3c-91af", "webshop", "message:webshop:41902", 1, Now.AddDays(-598), null),
        ];
        return new()
        {
            Id = row.Id,
            Kind = row.Kind,
            Name = row.Name,
            City = row.City,
            Country = "Denmark",
            Since = since,
            LastSeen = row.LastSeen,
            AsOf = Now.AddSeconds(-9),
            Figures = [new("lifetime-spend", "Lifetime spend", 18_204.5, Now, ["Order Completed"])],
            Next = new("BasketLeft", Now.AddDays(-2), new Money(899, "DKK"), null),
            Measures =
            [
                new(MeasureKind.LifetimeSpend, row.Spend ?? new Money(0, "DKK")), new(MeasureKind.Orders, new Count(14)), new(MeasureKind.AverageOrder, new Money(1_182.40m, "DKK")),
                new(MeasureKind.LastOrder, new Moment(Now.AddDays(-12))), new(MeasureKind.Visits, new Count(63)), new(MeasureKind.Points, new Count(2_410)),
            ],
            Identifiers =
            [
                new("email", row.Email ?? "a.jensen@mail.example", "webshop", Now.AddDays(-612), links),
                new("user_id", "u-20417", "webshop", Now.AddDays(-598), [links[1]]),
                new("phone", "+4526184402", "loyalty", Now.AddDays(-410), [new("seen_together", "email", row.Email ?? "", "loyalty", "record:loyalty:4711", 0.98, Now.AddDays(-410), null)]),
                new("loyalty_no", "FF-004711", "loyalty", Now.AddDays(-410), [new("seen_together", "email", row.Email ?? "", "loyalty", "record:loyalty:4711", 0.98, Now.AddDays(-410), null)]),
                new("anonymous_id", "7d3c-91af", "webshop", Now.AddDays(-598), [links[1]]),
                new("anonymous_id", "c01e-2bb8", "webshop", Now.AddDays(-77), [new("seen_together", "user_id", "u-20417", "webshop", "message:webshop:120544", 1, Now.AddDays(-77), Now.AddDays(-60))]),
            ],
            Traits =
            [
                new("name", row.Name, "loyalty", Now.AddDays(-40), [new("Anne S. Jensen", "webshop", Now.AddDays(-598)), new("ANNE JENSEN", "shops", Now.AddDays(-300))]),
                new("address", "Jagtvej 171, 2. th, 2200 København N", "loyalty", Now.AddDays(-40), [new("Nørrebrogade 40, 2200 København N", "webshop", Now.AddDays(-598))]),
                new("birthday", "1986-04-17", "loyalty", Now.AddDays(-410), []), new("language", "da", "webshop", Now.AddDays(-12), []),
                new("favourite_shop", "Aarhus, Guldsmedgade", "shops", Now.AddDays(-33), []), new("club_tier", "Gold", "loyalty", Now.AddDays(-40), [new("Silver", "loyalty", Now.AddDays(-380))]),
                new("shoe_size", "39", "webshop", Now.AddDays(-122), []),
            ],
            Consents =
            [
                new("email_marketing", "Marketing by e-mail", ConsentState.Granted, Now.AddDays(-410), "loyalty", "record:loyalty:4711"),
                new("sms_marketing", "Marketing by text message", ConsentState.Denied, Now.AddDays(-80), "webshop", "message:webshop:119032"),
                new("profiling", "Personal content on our sites", ConsentState.Granted, Now.AddDays(-598), "webshop", "message:webshop:41902"),
                new("ad_sharing", "Advertising on other sites", ConsentState.Unknown, null, null, null),
            ],
            Segments = [new("gold-members", "Gold members", Now.AddDays(-40)), new("hikers", "Hikers", Now.AddDays(-210)), new("left-a-basket", "Left a basket", Now.AddHours(-20))],
            Merges = company ? [] : [new(Merged, Now.AddDays(-410), "same e-mail, record:loyalty:4711"), new(IdOf("old"), Now.AddDays(-598), "signed in, message:webshop:41902")],
            Companies = company || row.Name.Length % 3 != 0 ? [] : [new(People[0].Id, People[0].Name, "Office manager", null, "record:crm:118"), new(People[2].Id, People[2].Name, null, null, "record:crm:204")],
            Parts = company && row.Id == People[2].Id ? [new(People[3].Id, People[3].Name, null, null, "record:erp:77")] : [],
            Contacts = company ? [.. People.Skip(8).Take(5).Select((person, i) => new RelatedCustomer(person.Id, person.Name, i == 0 ? "Purchasing" : "Member", person.Email))] : [],
        };
    }
}
