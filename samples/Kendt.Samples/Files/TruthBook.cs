namespace Kendt.Samples;

/// <summary>
/// What the sources do not say: whose every row and every identifier is. Values are written as the platform should normalise
/// them (e-mail trimmed and lower case, phone in E.164); nonsense is nobody's.
/// </summary>
internal sealed class TruthBook
{
    private readonly HashSet<(string Person, string Source, string Key)> seen = [];
    private readonly List<(string Person, string Source, string Key)> links = [];

    /// <summary>In the order in which they were found.</summary>
    public IReadOnlyList<(string Person, string Source, string Key)> Links => links;

    public void Link(string person, string source, string key)
    {
        if (key.Length == 0) return;
        var link = (person, source, key);
        if (seen.Add(link)) links.Add(link);
    }

    public void Email(string person, string email)
    {
        if (!Forms.IsNonsense(email)) Link(person, "email", email.Trim().ToLowerInvariant());
    }

    public void Phone(string person, string written)
    {
        if (!Forms.IsNonsense(written)) Link(person, "phone", Typing.Normal(written));
    }

    /// <summary>One row of a source, with the identifiers that it holds.</summary>
    public void Row(string person, string source, string key, string email = "", string phone = "")
    {
        Link(person, source, key);
        Email(person, email);
        Phone(person, phone);
    }
}
