using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Govern;

public sealed class AccessTests
{
    private const string Admin = "admin@example.com", Password = "four words in a row";

    private static readonly FakeTimeProvider Time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FakeTimeProvider Clock() => new(Time.GetUtcNow());

    [Fact]
    public void Every_role_is_in_the_table_and_only_admin_may_do_all()
    {
        foreach (var role in Enum.GetValues<Role>()) Assert.NotEmpty(Roles.Of(role));
        Assert.All(Enum.GetValues<Permission>(), p => Assert.True(Roles.Allows(Role.Admin, p)));
        Assert.False(Roles.Allows(Role.Analyst, Permission.SeeContactDetails));
        Assert.False(Roles.Allows(Role.Service, Permission.Send));
        Assert.True(Roles.Allows(Role.Privacy, Permission.Govern));
        Assert.All(Enum.GetValues<Role>().Where(r => r is not Role.Admin), r => Assert.False(Roles.Allows(r, Permission.ManageAccess)));
    }

    [Theory, Engines]
    public async Task A_member_signs_in_with_the_password_and_with_no_other(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var members = new Members(test.Stores, Time);
        await members.AddAsync(" Admin@Example.com ", "Ada", Role.Admin, "test", Cancel);
        Assert.Null(await members.VerifyAsync(Admin, "", Cancel));
        await members.SetPasswordAsync(Admin, Password, "test", Cancel);
        Assert.Null(await members.VerifyAsync(Admin, Password + "!", Cancel));
        Assert.Null(await members.VerifyAsync("nobody@example.com", Password, Cancel));
        Assert.Null(await members.VerifyAsync("no email at all", Password, Cancel));
        var member = await members.VerifyAsync("ADMIN@example.com", Password, Cancel);
        Assert.Equal(new Member(Admin, "Ada", Role.Admin, true, Time.GetUtcNow(), Time.GetUtcNow()), member);
        Assert.Equal(member, await members.FindAsync(Admin, Cancel));
    }

    [Theory, Engines]
    public async Task Passwords_are_kept_salted_with_their_costs(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var members = new Members(test.Stores, Time);
        foreach (var email in new[] { Admin, "b@example.com" })
        {
            await members.AddAsync(email, "x", Role.Admin, "test", Cancel);
            await members.SetPasswordAsync(email, Password, "test", Cancel);
        }
        var kept = await test.Stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select password from member"), r => r.Text(0), Cancel), Cancel);
        Assert.Equal(2, kept.Distinct().Count());
        Assert.All(kept, k => Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", k, StringComparison.Ordinal));
        Assert.All(kept, k => Assert.DoesNotContain(Password, k, StringComparison.Ordinal));
    }

    [Theory, Engines]
    public async Task A_password_of_older_costs_still_works_and_is_renewed(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var members = new Members(test.Stores, Time);
        await members.AddAsync(Admin, "Ada", Role.Admin, "test", Cancel);
        // Argon2id of "password" with salt "somesalt", m=64 MiB, t=2, p=1: a test vector of the reference implementation.
        const string older = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update member set password = {older}"), Cancel), Cancel);
        Assert.Null(await members.VerifyAsync(Admin, "Password", Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => members.SetPasswordAsync(Admin, "password", "test", Cancel));
        Assert.NotNull(await members.VerifyAsync(Admin, "password", Cancel));
        var kept = await test.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select password from member"), r => r.Text(0), Cancel), Cancel);
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", kept, StringComparison.Ordinal);
        Assert.NotNull(await members.VerifyAsync(Admin, "password", Cancel));
    }

    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("admin@example.com", "email address itself")]
    public async Task A_weak_password_is_refused_in_plain_words(string password, string says)
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var members = new Members(test.Stores, Time);
        await members.AddAsync(Admin, "Ada", Role.Admin, "test", Cancel);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => members.SetPasswordAsync(Admin, password, "test", Cancel));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Contains("at most 256", (await Assert.ThrowsAsync<BadInputException>(() => members.SetPasswordAsync(Admin, new string('x', 300), "test", Cancel))).Message, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task The_last_admin_stays(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var members = new Members(test.Stores, Time);
        await members.AddAsync(Admin, "Ada", Role.Admin, "test", Cancel);
        await members.AddAsync("m@example.com", "Mads", Role.Marketing, "test", Cancel);
        await Assert.ThrowsAsync<BadInputException>(() => members.AddAsync(Admin, "Ada", Role.Sales, "test", Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => members.SetRoleAsync(Admin, Role.Sales, "test", Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => members.RemoveAsync(Admin, "test", Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => members.SetRoleAsync("none@example.com", Role.Sales, "test", Cancel));
        await members.SetRoleAsync("m@example.com", Role.Admin, "test", Cancel);
        await members.RemoveAsync(Admin, "test", Cancel);
        Assert.Equal([("m@example.com", Role.Admin)], (await members.ListAsync(Cancel)).Select(m => (m.Email, m.Role)));
    }

    [Theory, Engines]
    public async Task A_sign_in_link_works_once_however_many_use_it_together(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var members = new Members(test.Stores, Time);
        var links = new SignInLinks(test.Stores, Time);
        await members.AddAsync(Admin, "Ada", Role.Admin, "test", Cancel);
        var raw = await links.CreateAsync(Admin, TimeSpan.FromMinutes(15), Cancel);
        Assert.Equal(43, raw.Length);
        var used = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => links.UseAsync(raw, Cancel)));
        Assert.Equal([Admin], used.OfType<Member>().Select(m => m.Email));
        Assert.Null(await links.UseAsync(raw, Cancel));
        Assert.Null(await links.UseAsync("another", Cancel));
        Assert.Equal(0, await test.Stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from sign_in_link where link_hash = {raw}"), Cancel), Cancel));
    }

    [Theory, Engines]
    public async Task A_sign_in_link_ends_with_its_lifetime_and_with_its_member(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var clock = Clock();
        var members = new Members(test.Stores, clock);
        var links = new SignInLinks(test.Stores, clock);
        await members.AddAsync(Admin, "Ada", Role.Admin, "test", Cancel);
        await members.AddAsync("m@example.com", "Mads", Role.Marketing, "test", Cancel);
        var late = await links.CreateAsync(Admin, TimeSpan.FromMinutes(15), Cancel);
        var removed = await links.CreateAsync("m@example.com", TimeSpan.FromHours(1), Cancel);
        await members.RemoveAsync("m@example.com", "test", Cancel);
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(await links.UseAsync(late, Cancel));
        Assert.Null(await links.UseAsync(removed, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => links.CreateAsync("m@example.com", TimeSpan.FromHours(1), Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => links.CreateAsync(Admin, TimeSpan.FromDays(30), Cancel));
    }

    [Theory, Engines]
    public async Task A_token_is_found_by_its_secret_until_it_ends(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var clock = Clock();
        var tokens = new Tokens(test.Stores, clock);
        var raw = await tokens.AddAsync("till", [Scopes.SegmentsRead, Scopes.Import, Scopes.Import], clock.GetUtcNow().AddMinutes(1), Admin, Cancel);
        Assert.StartsWith("kendt_", raw, StringComparison.Ordinal);
        var token = await tokens.FindAsync(raw, Cancel);
        Assert.NotNull(token);
        Assert.Equal("till", token.Name);
        Assert.True(token.Allows(Scopes.Import));
        Assert.False(token.Allows(Scopes.ProfilesRead));
        Assert.Null(await tokens.FindAsync(raw + "x", Cancel));
        Assert.Null(await tokens.FindAsync(raw[6..], Cancel));
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(await tokens.FindAsync(raw, Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await tokens.FindAsync(raw, Cancel));
        Assert.True((await new Tokens(test.Stores, clock).FindAsync(await tokens.AddAsync("root", [Scopes.Admin], null, Admin, Cancel), Cancel))!.Allows(Scopes.ProfilesRead));
    }

    [Theory, Engines]
    public async Task A_removed_token_is_gone_here_at_once_and_elsewhere_soon(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var clock = Clock();
        var here = new Tokens(test.Stores, clock);
        var there = new Tokens(test.Stores, clock);
        var raw = await here.AddAsync("till", [Scopes.Import], null, Admin, Cancel);
        Assert.NotNull(await here.FindAsync(raw, Cancel));
        Assert.NotNull(await there.FindAsync(raw, Cancel));
        await here.RemoveAsync("till", Admin, Cancel);
        Assert.Null(await here.FindAsync(raw, Cancel));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await there.FindAsync(raw, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => here.RemoveAsync("till", Admin, Cancel));
    }

    [Theory, Engines]
    public async Task All_faults_of_a_token_are_told_at_once(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var tokens = new Tokens(test.Stores, Time);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => tokens.AddAsync(" ", ["everything"], Time.GetUtcNow(), Admin, Cancel));
        Assert.Contains("name", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'everything' is unknown; choose of profiles:read", fault.Message, StringComparison.Ordinal);
        Assert.Contains("expires", fault.Message, StringComparison.Ordinal);
        await tokens.AddAsync("till", [Scopes.Import], null, Admin, Cancel);
        Assert.Contains("taken", (await Assert.ThrowsAsync<BadInputException>(() => tokens.AddAsync("till", [Scopes.Import], null, Admin, Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(["till"], (await tokens.ListAsync(Cancel)).Select(t => t.Name));
    }

    [Theory, Engines]
    public async Task What_is_done_with_access_is_audited_without_secrets(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var clock = Clock();
        var members = new Members(test.Stores, clock);
        var audit = new Audit(test.Stores, clock);
        await members.AddAsync(Admin, "Ada", Role.Admin, "setup", Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        await members.SetPasswordAsync(Admin, Password, Admin, Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        var raw = await new Tokens(test.Stores, clock).AddAsync("till", [Scopes.Import], null, Admin, Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        await members.VerifyAsync("typed-by-mistake@example.com", "secret", Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        await members.VerifyAsync(Admin, Password, Cancel);
        var page = await audit.ListAsync(new(), 0, 3, Cancel);
        Assert.Equal(5, page.Total);
        Assert.Equal(["member.signed_in", "member.sign_in_refused", "token.added"], page.Entries.Select(e => e.Action));
        Assert.Equal(["member.password_set", "member.added"], (await audit.ListAsync(new(), 3, 3, Cancel)).Entries.Select(e => e.Action));
        Assert.Equal(1, (await audit.ListAsync(new() { Action = "token." }, 0, 10, Cancel)).Total);
        Assert.Equal(1, (await audit.ListAsync(new() { Actor = "setup", Subject = Admin, Before = clock.GetUtcNow() }, 0, 10, Cancel)).Total);
        Assert.Equal(0, (await audit.ListAsync(new() { From = clock.GetUtcNow().AddSeconds(1) }, 0, 10, Cancel)).Total);
        var all = string.Join('\n', (await audit.ListAsync(new(), 0, 100, Cancel)).Entries);
        Assert.DoesNotContain(raw, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, all, StringComparison.Ordinal);
        Assert.DoesNotContain("mistake", all, StringComparison.Ordinal);
    }
}
