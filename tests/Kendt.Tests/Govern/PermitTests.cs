using System.Reflection;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Govern;

public sealed class PermitTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ProfileId Person(int n) => ProfileId.For(new(Identifier.UserId, "u" + n), Noon);

    private static PermitRequest Ask(string purpose) => new() { Purpose = purpose, Use = Use.Send, What = "a test", Actor = "tester" };

    [Theory, Engines]
    public async Task Only_those_who_said_yes_are_granted_and_the_others_are_counted(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var consents = new Consents(test.Stores);
        var permits = new Permits(test.Stores, consents, new FakeTimeProvider(Noon));
        await test.Stores.Ledger.WriteAsync(s => consents.RecordAsync(s,
        [
            new(Person(1), new(Purposes.EmailMarketing, ConsentState.Granted, Noon), "web", "m1"),
            new(Person(2), new(Purposes.EmailMarketing, ConsentState.Denied, Noon), "web", "m2"),
            new(Person(4), new(Purposes.EmailMarketing, ConsentState.Granted, Noon), "web", "m4"),
        ], Cancel), Cancel);
        var answer = await permits.AskAsync(Ask(Purposes.EmailMarketing), [Person(4), Person(3), Person(2), Person(1), Person(4)], Cancel);
        Assert.Equal([Person(4), Person(1)], answer.Permit.Value);
        Assert.Equal((4, 2), (answer.Asked, answer.Granted));
        Assert.Equal(new Dictionary<string, int> { [Permits.Denied] = 1, [Permits.NeverAsked] = 1 }, answer.RefusedByReason);
        Assert.Equal((Purposes.EmailMarketing, Use.Send, Noon, Noon.AddHours(1)), (answer.Permit.Purpose, answer.Permit.Use, answer.Permit.IssuedAt, answer.Permit.ExpiresAt));
        var kept = await test.Stores.Ledger.ReadAsync(s => s.FirstAsync(
            Sql.Of($"select purpose, use, what, actor, asked, granted, refused from permit where permit_id = {answer.Permit.Id}"),
            r => (r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Long(4), r.Long(5), r.Text(6)), Cancel), Cancel);
        Assert.Equal((Purposes.EmailMarketing, "send", "a test", "tester", 4L, 2L, """{"consent denied":1,"no consent given":1}"""), kept);
        var audited = (await new Audit(test.Stores, TimeProvider.System).ListAsync(new(), 0, 10, Cancel)).Entries.Single();
        Assert.Equal(("permit.asked", "tester", answer.Permit.Id.ToString()), (audited.Action, audited.Actor, audited.Subject));
    }

    [Theory, Engines]
    public async Task What_the_contract_needs_asks_for_no_consent(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var answer = await new Permits(test.Stores, new(test.Stores), new FakeTimeProvider(Noon)).AskAsync(Ask(Purposes.Service), [Person(1)], Cancel);
        Assert.Equal([Person(1)], answer.Permit.Value);
        Assert.Empty(answer.RefusedByReason);
    }

    [Theory, Engines]
    public async Task An_unknown_purpose_is_refused_with_those_known(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => new Permits(test.Stores, new(test.Stores), new FakeTimeProvider(Noon)).AskAsync(Ask("newsletter"), [Person(1)], Cancel));
        foreach (var purpose in Purposes.Defaults) Assert.Contains(purpose.Name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permit_ends_after_an_hour_and_so_does_what_was_made_of_it()
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var clock = new FakeTimeProvider(Noon);
        var people = (await new Permits(test.Stores, new(test.Stores), clock).AskAsync(Ask(Purposes.Service), [Person(1), Person(2)], Cancel)).Permit;
        var letters = people.Select(list => list.Count + " letters");
        Assert.Equal("2 letters", letters.Value);
        Assert.Equal((people.Id, people.Purpose, people.Use, people.ExpiresAt), (letters.Id, letters.Purpose, letters.Use, letters.ExpiresAt));
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal(2, people.Value.Count);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Throws<InvalidOperationException>(() => people.Value);
        Assert.Throws<InvalidOperationException>(() => letters.Value);
        Assert.Throws<InvalidOperationException>(() => people.Select(list => list.Count));
    }

    [Fact]
    public void Only_Govern_can_make_a_permit()
    {
        Assert.Empty(WaysToMake(typeof(Permit<>)));
        Assert.True(typeof(Permit<>).IsSealed);
        Assert.Empty(typeof(Permit<>).Assembly.GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>());
        // The same look at a type that anybody can make finds it.
        Assert.Single(WaysToMake(typeof(Forgeable<>)));
        Assert.NotEmpty(WaysToMake(typeof(Copyable<>)));
    }

    // Public constructors, setters by which one could be changed, and static makers.
    private static IEnumerable<MemberInfo> WaysToMake(Type type) =>
    [
        .. type.GetConstructors(BindingFlags.Public | BindingFlags.Instance),
        .. type.GetProperties().Where(p => p.SetMethod is { IsAssembly: false, IsPrivate: false }),
        .. type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => !m.IsSpecialName && m.ReturnType.Name == type.Name),
        .. type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == "<Clone>$"),
    ];

    private sealed class Forgeable<T>
    {
        public T? Value { get; }
    }

    private sealed record Copyable<T>
    {
        private Copyable(T value) => Value = value;

        public T Value { get; init; }

        public static Copyable<T> Make(T value) => new(value);
    }
}
