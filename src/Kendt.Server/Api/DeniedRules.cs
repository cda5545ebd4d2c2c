using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;

namespace Kendt.Server.Api;

/// <summary>
/// What rules tell of fields that somebody may not see. Why a person is in a stored segment is told without the values of
/// such fields; a rule of one's own that asks for them is refused, because by asking often enough the value could be found.
/// </summary>
internal static class DeniedRules
{
    /// <summary>The denied field that a condition looks at; null if it looks at none.</summary>
    public static string? Field(Filter leaf, Denied denied) => denied.Fields.Count == 0 ? null
        : FilterLeaves.Traits(leaf).Where(denied.Trait).Select(n => "trait:" + n)
            .Concat(FilterLeaves.Events(leaf).Where(denied.Event).Select(n => "event:" + n))
            .Concat(FilterLeaves.Identifiers(leaf).Where(denied.Identifier).Select(n => "identifier:" + n)).FirstOrDefault();

    /// <summary>Refuses a rule that asks for a denied field.</summary>
    /// <exception cref="BadInputException">The message names the place.</exception>
    public static void Check(Filter rule, Denied denied)
    {
        foreach (var placed in FilterLeaves.Of(rule))
            if (Field(placed.Leaf, denied) is { } field) throw new BadInputException($"{placed.Path}: '{field}' is denied to you; leave the condition out, or ask an admin.");
    }

    /// <summary>What was seen of a condition, for somebody who may not see all fields, nor contact details.</summary>
    public static IReadOnlyList<string> Seen(Filter leaf, IReadOnlyList<string> seen, Denied denied, bool contacts)
    {
        if (seen.Count == 0) return seen;
        if (Field(leaf, denied) is not null || (!contacts && FilterLeaves.Identifiers(leaf).Any())) return [PersonalData.Hidden];
        return contacts ? seen : [.. seen.Select(s => PersonalData.LooksPersonal(s) || FilterLeaves.Traits(leaf).Any(t => PersonalData.IsPersonalName(t, ofSomebody: true)) ? PersonalData.Hidden : s)];
    }
}
