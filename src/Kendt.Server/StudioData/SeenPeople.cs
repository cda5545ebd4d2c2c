using Kendt.Govern;
using Kendt.Model;
using Kendt.Studio.Data;
using Microsoft.AspNetCore.Components.Authorization;

namespace Kendt.Server.StudioData;

/// <summary>
/// Customers as the reader's role may see them: without contact details where the role has no right to them, and without
/// the fields that are denied to it. What is hidden cannot be searched for.
/// </summary>
public sealed class SeenPeople(PeopleData people, TimelineData timeline, FieldRights rights, AuthenticationStateProvider who) : IPeopleReader
{
    public async Task<IReadOnlyList<PersonRow>> SuggestAsync(string text, int limit, CancellationToken cancel)
    {
        var sees = await SeesAsync(cancel);
        return sees.MayAsk(text) ? [.. (await people.SuggestAsync(text, limit, cancel)).Select(sees.Row)] : [];
    }

    public async Task<Stretch<PersonRow>> SearchAsync(PeopleQuery query, CancellationToken cancel)
    {
        var sees = await SeesAsync(cancel);
        if (!sees.MayAsk(query.Text)) return new([], 0, false);
        var found = await people.SearchAsync(query, cancel);
        return found with { Items = [.. found.Items.Select(sees.Row)] };
    }

    public async Task<ProfileAnswer> FindAsync(ProfileId id, CancellationToken cancel)
    {
        var sees = await SeesAsync(cancel);
        return await people.FindAsync(id, sees.Denied.Event, cancel) switch { ProfileView view => sees.View(view), var other => other };
    }

    public async Task<TimelineView> TimelineAsync(ProfileId id, TimelineQuery query, CancellationToken cancel)
    {
        var sees = await SeesAsync(cancel);
        var view = await timeline.ReadAsync(id, query, sees.Denied, cancel);
        return view with { Items = [.. view.Items.Select(sees.Item)] };
    }

    private async Task<Sight> SeesAsync(CancellationToken cancel)
    {
        var user = (await who.GetAuthenticationStateAsync()).User;
        var role = Roles.Of(user);
        return new(user.May(Permission.SeeContactDetails), role is null ? Denied.Nothing : await rights.OfAsync("role:" + role.ToString()!.ToLowerInvariant(), cancel));
    }
}

/// <summary>What somebody sees of a customer.</summary>
/// <param name="Contacts">Contact details and identifiers in clear.</param>
internal sealed record Sight(bool Contacts, Denied Denied)
{
    /// <summary>Without contact details, only by words: not by address or number.</summary>
    public bool MayAsk(string text) => Contacts || (!text.Contains('@', StringComparison.Ordinal) && text.Count(char.IsDigit) < 4);

    public PersonRow Row(PersonRow row) => row with { Email = Kept("email", row.Email), Phone = Kept("phone", row.Phone), City = Denied.Trait("address") ? null : row.City };

    public ProfileView View(ProfileView view) => view with
    {
        City = Denied.Trait("address") ? null : view.City,
        Country = Denied.Trait("address") ? null : view.Country,
        Identifiers = [.. view.Identifiers.Where(i => !Denied.Identifier(i.Type)).Select(Seen)],
        Traits = [.. view.Traits.Where(t => !Denied.Trait(t.Name) && !Denied.Trait(t.Name.Split('.')[0])).Select(Seen)],
        Merges = Contacts ? view.Merges : [.. view.Merges.Select(m => m with { Because = "" })],
        Companies = [.. view.Companies.Select(Seen)],
        Parts = [.. view.Parts.Select(Seen)],
        Contacts = [.. view.Contacts.Select(Seen)],
    };

    // What somebody was said to be stands in the events that said it, too.
    public TimelineItem Item(TimelineItem item) => item with
    {
        Summary = !Contacts && item.Summary is { } summary && PersonalData.LooksPersonal(summary) ? PersonalData.Hidden : item.Summary,
        Facts = [.. item.Facts.Where(f => !Denied.Trait(f.Name) && !Denied.Identifier(f.Name)).Select(f => !Contacts && Hides(f.Name, f.Value) ? f with { Value = PersonalData.Hidden } : f)],
    };

    private string? Kept(string field, string? value) => Denied.Trait(field) || Denied.Identifier(field) ? null : value is null || Contacts ? value : PersonalData.Hidden;

    private RelatedCustomer Seen(RelatedCustomer related) => related with { Email = Kept("email", related.Email), Evidence = Contacts ? related.Evidence : null };

    private IdentifierView Seen(IdentifierView identifier) => identifier with
    {
        Value = Contacts ? identifier.Value : PersonalData.Hidden,
        Links = [.. identifier.Links.Where(l => !Denied.Identifier(l.OtherType)).Select(l => Contacts ? l : l with { OtherValue = PersonalData.Hidden, Evidence = "" })],
    };

    private TraitView Seen(TraitView trait) => Contacts ? trait : trait with
    {
        Value = Hides(trait.Name, trait.Value) ? PersonalData.Hidden : trait.Value,
        RunnersUp = [.. trait.RunnersUp.Select(said => Hides(trait.Name, said.Value) ? said with { Value = PersonalData.Hidden } : said)],
    };

    // A field of an object is hidden as the object is: address.line1 as address.
    private static bool Hides(string name, string value) => PersonalData.LooksPersonal(value) || name.Split('.').Any(part => PersonalData.IsPersonalName(part, ofSomebody: false));
}
