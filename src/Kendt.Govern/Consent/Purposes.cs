using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>Why the law lets data be used for a purpose (GDPR article 6).</summary>
public enum LegalBasis
{
    /// <summary>The person said yes, and can take it back: article 6(1)(a).</summary>
    Consent,

    /// <summary>What the person ordered cannot be done without it: article 6(1)(b).</summary>
    Contract,

    /// <summary>The law demands it: article 6(1)(c).</summary>
    Legal,
}

/// <summary>Why data is used, as it is told to the person.</summary>
/// <param name="Name">Lower-case letters, digits and underscores.</param>
/// <param name="Description">In the words that a customer would be asked with.</param>
public sealed record Purpose(string Name, string Title, string Description, LegalBasis Basis);

/// <summary>The purposes of a workspace; a new one begins with <see cref="Defaults"/>.</summary>
public sealed class Purposes(Stores stores)
{
    public const string EmailMarketing = "email_marketing", SmsMarketing = "sms_marketing", Profiling = "profiling", AdSharing = "ad_sharing", Service = "service";

    private bool _seeded;

    public static IReadOnlyList<Purpose> Defaults { get; } =
    [
        new(EmailMarketing, "Marketing by email", "We send you news and offers by email.", LegalBasis.Consent),
        new(SmsMarketing, "Marketing by text message", "We send you news and offers by text message.", LegalBasis.Consent),
        new(Profiling, "Personal recommendations", "We use what you buy and look at to guess what you may like, and show you that first.", LegalBasis.Consent),
        new(AdSharing, "Advertising elsewhere", "We share a keyed form of your email or phone number with advertising platforms, so that our advertisements reach you there, or leave you in peace.", LegalBasis.Consent),
        new(Service, "Service of your orders", "We use your data to deliver what you ordered, to answer you, and to handle returns and warranty.", LegalBasis.Contract),
    ];

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<Purpose>> ListAsync(CancellationToken cancel)
    {
        if (!_seeded) await SeedAsync(cancel);
        return await stores.Ledger.ReadAsync(session => session.ListAsync(
            Sql.Of($"select name, title, description, basis from purpose order by name"),
            row => new Purpose(row.Text(0), row.Text(1), row.Text(2), Enum.Parse<LegalBasis>(row.Text(3), ignoreCase: true)), cancel), cancel);
    }

    /// <exception cref="BadInputException">There is no such purpose; the message lists those there are.</exception>
    public async Task<Purpose> GetAsync(string name, CancellationToken cancel)
    {
        var all = await ListAsync(cancel);
        return all.FirstOrDefault(p => p.Name == name)
            ?? throw new BadInputException($"purpose '{name}' is unknown; choose of {string.Join(", ", all.Select(p => p.Name))}, or add it first.");
    }

    /// <exception cref="BadInputException">A name of another form or that is taken, an empty title or description; all faults at once.</exception>
    public async Task AddAsync(Purpose purpose, CancellationToken cancel)
    {
        var faults = new List<string>();
        if (purpose.Name.Length is 0 or > 60 || !purpose.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            faults.Add($"name '{purpose.Name}' has to have 1 to 60 lower-case letters, digits and underscores.");
        if (string.IsNullOrWhiteSpace(purpose.Title)) faults.Add("title is empty; write what the purpose is called.");
        if (string.IsNullOrWhiteSpace(purpose.Description)) faults.Add("description is empty; write what the customer is asked.");
        if ((await ListAsync(cancel)).Any(p => p.Name == purpose.Name)) faults.Add($"name '{purpose.Name}' is taken by another purpose.");
        if (faults.Count > 0) throw new BadInputException(string.Join(Environment.NewLine, faults));
        await stores.Ledger.WriteAsync(session => InsertAsync(session, [purpose], cancel), cancel);
    }

    private async Task SeedAsync(CancellationToken cancel)
    {
        await stores.Ledger.WriteAsync(async session =>
        {
            if (await session.CountAsync(Sql.Of($"select count(*) from purpose"), cancel) == 0) await InsertAsync(session, Defaults, cancel);
        }, cancel);
        _seeded = true;
    }

    private static Task<int> InsertAsync(Session session, IReadOnlyList<Purpose> purposes, CancellationToken cancel) => session.ExecuteAsync(Sql.Of($"""
        insert into purpose (name, title, description, basis)
        values {Sql.Rows(purposes.Select(p => new object?[] { p.Name, p.Title, p.Description, p.Basis }))} on conflict do nothing
        """), cancel);
}
