using System.Globalization;

namespace Kendt.Samples;

/// <summary>The tracking messages of the webshop, in order of time.</summary>
internal static class WebshopFile
{
    /// <summary>Writes them, and says which devices were seen with what tastes, for the audience feed.</summary>
    public static async Task<(DemoFile File, IReadOnlyList<(Device Device, Tastes Tastes)> Visitors)> WriteAsync(Export export)
    {
        const string name = "webshop.ndjson";
        var messages = new List<Message>();
        var visitors = new Dictionary<string, (Device Device, Tastes Tastes)>(StringComparer.Ordinal);
        var sessions = 0;
        var tablets = export.World.Tablets.Select(tablet => tablet.AnonymousId).ToHashSet(StringComparer.Ordinal);
        foreach (var (person, tastes, visit) in Visits(export.World))
        {
            export.Cancel.ThrowIfCancellationRequested();
            var before = messages.Count;
            messages.AddRange(Site.Messages(person, visit, Dice.For(export.Options.Seed, "session", ++sessions)));
            if (person is not null) Witness(export.Truth, person, visit, messages.Skip(before));
            if (!tablets.Contains(visit.Device.AnonymousId)) visitors.TryAdd(visit.Device.AnonymousId, (visit.Device, tastes));
        }

        foreach (var back in export.World.Lives.SelectMany(life => life.Returns))
            if (back.Visit is not null) messages.Add(Site.Refund(back));

        var rows = 0;
        await using var stream = new FileStream(export.PathOf(name), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        using (var json = new MessageJson(stream, export.World))
        {
            foreach (var message in messages.Where(message => export.Calendar.Holds(message.At)).OrderBy(message => message.At))
            {
                export.Cancel.ThrowIfCancellationRequested();
                json.Write(message, Id(export.Options.Seed, rows++));
            }
        }

        return (new DemoFile(name, "", "webshop", rows), [.. visitors.Values]);
    }

    private static IEnumerable<(Person? Person, Tastes Tastes, Visit Visit)> Visits(World world)
    {
        foreach (var life in world.Lives)
            foreach (var visit in life.Visits) yield return (life.Person, life.Person.Tastes, visit);
        foreach (var (person, visit) in world.CompanyVisits) yield return (person, person.Tastes, visit);
        foreach (var (_, tastes, visit) in Strangers.Visit(world.Setting)) yield return (null, tastes, visit);
    }

    private static void Witness(TruthBook truth, Person person, Visit visit, IEnumerable<Message> messages)
    {
        truth.Link(person.Id, "anonymous_id", visit.Device.AnonymousId);
        foreach (var message in messages)
        {
            if (message.Card is null) continue;
            truth.Email(person.Id, message.Card.Email);
            truth.Phone(person.Id, message.Card.Phone);
        }
    }

    /// <summary>Sixteen hexadecimal digits, never twice the same: the mixing is a bijection.</summary>
    private static string Id(int seed, int row) =>
        Dice.Mix(((ulong)(uint)seed << 32) + (ulong)row + 1).ToString("x16", CultureInfo.InvariantCulture);
}
