using System.Text.Json;
using Kendt.Model;

namespace Kendt.Profiles;

/// <summary>What a profile is.</summary>
public enum ProfileKind { Person, Visitor, Account }

/// <summary>The 360-degree document of one customer.</summary>
public sealed record Profile
{
    public required ProfileId Id { get; init; }
    public required ProfileKind Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>By name; the value that holds is the first of its words, the others are the runners-up.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<TraitValue>> Traits { get; init; }
    public required IReadOnlyList<ProfileIdentifier> Identifiers { get; init; }
    public required IReadOnlyList<ProfileLink> Links { get; init; }
    /// <summary>Ids that this profile has taken over; each still resolves to it.</summary>
    public required IReadOnlyList<Merge> Merges { get; init; }

    /// <summary>The text of a trait that holds; null if nothing is known or it is no text.</summary>
    public string? Text(string trait) => Traits.TryGetValue(trait, out var words) && words.Count > 0 ? AsText(words[0].Value) : null;

    /// <summary>A field of a trait that is an object (<c>address.city</c>).</summary>
    public string? Text(string trait, string field) =>
        Traits.TryGetValue(trait, out var words) && words.Count > 0 && words[0].Value.ValueKind is JsonValueKind.Object && words[0].Value.TryGetProperty(field, out var value) ? AsText(value) : null;

    /// <summary>How the customer is called: name, company, e-mail, or the first identifier.</summary>
    public string DisplayName()
    {
        var name = Kind is ProfileKind.Account
            ? Text("company", "name") ?? Text("company") ?? Text("name")
            : string.Join(' ', new[] { Text("firstName"), Text("lastName") }.Where(part => !string.IsNullOrWhiteSpace(part)));
        if (string.IsNullOrWhiteSpace(name)) name = Text("name") ?? Text("email");
        if (string.IsNullOrWhiteSpace(name)) name = Identifiers.FirstOrDefault(i => i.Identifier.Type is not Identifier.AnonymousId)?.Identifier.Value;
        return string.IsNullOrWhiteSpace(name) ? Id.ToString()[^8..] : name;
    }

    private static string? AsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}

/// <summary>An identifier of a profile, and the source that named it first.</summary>
public sealed record ProfileIdentifier(Identifier Identifier, string Source, DateTimeOffset FirstSeen);

/// <summary>Why two identifiers are held to be of one customer.</summary>
public sealed record ProfileLink(Identifier Left, Identifier Right, string Rule, string Evidence, string Source, double Weight, DateTimeOffset At, DateTimeOffset? RevokedAt);
