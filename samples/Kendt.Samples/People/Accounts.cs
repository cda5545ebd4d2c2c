namespace Kendt.Samples;

/// <summary>A customer of the webshop as its table has them.</summary>
internal sealed record WebAccount(string UserId, Person Person, DateTime CreatedAt, Card Card);

/// <summary>A card of the loyalty club.</summary>
internal sealed record LoyaltyCard(string Number, Person Person, DateTime JoinedAt, Card Card);

/// <summary>What a person has with the company: accounts and cards, none or one, now and then two.</summary>
internal sealed record Holdings(IReadOnlyList<WebAccount> Accounts, IReadOnlyList<LoyaltyCard> Cards)
{
    public WebAccount? AccountAt(DateTime time) => Accounts.LastOrDefault(account => account.CreatedAt <= time);

    public LoyaltyCard? CardAt(DateTime time) => Cards.LastOrDefault(card => card.JoinedAt <= time);
}

/// <summary>Gives people their accounts and cards.</summary>
internal static class Accounts
{
    /// <summary>The holdings of every person, in the order of the people.</summary>
    public static IReadOnlyList<Holdings> Open(IReadOnlyList<Person> people, DemoOptions options, Calendar calendar)
    {
        var accounts = people.Select(_ => new List<WebAccount>()).ToArray();
        var cards = people.Select(_ => new List<LoyaltyCard>()).ToArray();
        foreach (var person in people)
        {
            var dice = Dice.For(options.Seed, "accounts", person.Number);
            var (web, loyalty) = Wishes(person, dice);
            var latest = calendar.Closes.AddDays(-1);
            if (web)
            {
                var at = Earlier(person.Lifespan.Since.AddDays(dice.Between(0.0, 3)), latest);
                OpenAccount(at, null);
                if (dice.Chance(0.05)) OpenAccount(Earlier(at.AddDays(dice.Between(30, 500)), latest), person.Email);
            }

            if (loyalty)
            {
                var at = Earlier(person.Lifespan.Since.AddDays(dice.Exponential(40)), latest);
                OpenCard(at);
                if (dice.Chance(0.03)) OpenCard(Earlier(at.AddDays(dice.Between(60, 700)), latest));
            }

            void OpenAccount(DateTime at, string? email) => accounts[person.Number - 1].Add(
                new WebAccount("", person, at, Forms.Fill(person, Form.Webshop, at, dice, email)));

            void OpenCard(DateTime at) => cards[person.Number - 1].Add(
                new LoyaltyCard("", person, at, Forms.Fill(person, Form.Loyalty, at, dice)));
        }

        Number(accounts, account => account.CreatedAt, (account, n) => account with { UserId = $"W{n:D6}" });
        Number(cards, card => card.JoinedAt, (card, n) => card with { Number = $"FB{100_000 + n * 7}" });
        return [.. people.Select(person => new Holdings(accounts[person.Number - 1], cards[person.Number - 1]))];
    }

    private static (bool Web, bool Loyalty) Wishes(Person person, Dice dice)
    {
        if (!person.LivesInDenmark) return (true, dice.Chance(0.03));
        var reachable = person.Email is not null || person.OldEmail is not null;
        var web = reachable && dice.Chance(person.Child ? 0.25 : person.Habits.WebShare > 0 ? 0.78 : 0.12);
        return (web, !web || dice.Chance(person.Child ? 0.45 : 0.75));
    }

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;

    /// <summary>Numbers are given in order of time, as databases do.</summary>
    private static void Number<T>(List<T>[] holdings, Func<T, DateTime> time, Func<T, int, T> number)
    {
        var order = holdings
            .SelectMany((list, owner) => list.Select((item, place) => (Owner: owner, Place: place, Time: time(item))))
            .OrderBy(entry => entry.Time)
            .ToList();
        for (var n = 0; n < order.Count; n++)
            holdings[order[n].Owner][order[n].Place] = number(holdings[order[n].Owner][order[n].Place], n + 1);
    }
}
