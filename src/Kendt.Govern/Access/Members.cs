using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>Somebody of the company who uses Kendt.</summary>
public sealed record Member(string Email, string Name, Role Role, bool HasPassword, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt)
{
    public bool May(Permission permission) => Roles.Allows(Role, permission);
}

/// <summary>
/// The people who may sign in, and their passwords. An email is compared in its canonical form. Every change and every
/// sign-in is audited. How often somebody may try is the host's to limit.
/// </summary>
public sealed class Members(Stores stores, TimeProvider time)
{
    private readonly Audit _audit = new(stores, time);

    private static readonly Sql Columns = Sql.Of($"email, name, role, password is not null, created_at, signed_in_at");

    /// <exception cref="BadInputException">The email is none, the name is empty, or there is such a member.</exception>
    public async Task<Member> AddAsync(string email, string name, Role role, string actor, CancellationToken cancel)
    {
        var canonical = Canonical(email);
        if (string.IsNullOrWhiteSpace(name)) throw new BadInputException("name is empty; write what the member is called.");
        var now = time.GetUtcNow();
        return await stores.Ledger.WriteAsync(async session =>
        {
            var added = await session.ExecuteAsync(Sql.Of($"""
                insert into member (email, name, role, password, created_at, signed_in_at)
                values ({canonical}, {name.Trim()}, {role}, {null as string}, {now}, {null as DateTimeOffset?}) on conflict do nothing
                """), cancel);
            if (added == 0) throw new BadInputException($"email '{canonical}' is a member already; change its role, or give another email.");
            await _audit.WriteAsync(session, actor, "member.added", canonical, $"role {Text(role)}", cancel);
            return await FindAsync(session, canonical, cancel) ?? throw new InvalidOperationException("A member was not written.");
        }, cancel);
    }

    public Task<List<Member>> ListAsync(CancellationToken cancel) =>
        stores.Ledger.ReadAsync(session => session.ListAsync(Sql.Of($"select {Columns} from member order by email"), Read, cancel), cancel);

    /// <summary>Null if there is no such member, or the text is no email.</summary>
    public Task<Member?> FindAsync(string email, CancellationToken cancel) => Identifier.TryCreate(Identifier.Email, email, out var canonical, out _)
        ? stores.Ledger.ReadAsync(session => FindAsync(session, canonical.Value, cancel), cancel)
        : Task.FromResult<Member?>(null);

    /// <exception cref="BadInputException">No such member, or the last admin would be lost.</exception>
    public Task SetRoleAsync(string email, Role role, string actor, CancellationToken cancel) => ChangeAsync(email, async (session, member) =>
    {
        if (role is not Role.Admin) await KeepAnAdminAsync(session, member, cancel);
        await session.ExecuteAsync(Sql.Of($"update member set role = {role} where email = {member.Email}"), cancel);
        await _audit.WriteAsync(session, actor, "member.role_set", member.Email, $"role {Text(role)}, was {Text(member.Role)}", cancel);
    }, cancel);

    /// <exception cref="BadInputException">No such member, or the last admin would be lost.</exception>
    public Task RemoveAsync(string email, string actor, CancellationToken cancel) => ChangeAsync(email, async (session, member) =>
    {
        await KeepAnAdminAsync(session, member, cancel);
        await session.ExecuteAsync(Sql.Of($"delete from sign_in_link where email = {member.Email}"), cancel);
        await session.ExecuteAsync(Sql.Of($"delete from member where email = {member.Email}"), cancel);
        await _audit.WriteAsync(session, actor, "member.removed", member.Email, "", cancel);
    }, cancel);

    /// <exception cref="BadInputException">No such member, or the password is refused (at least 12 characters).</exception>
    public async Task SetPasswordAsync(string email, string password, string actor, CancellationToken cancel)
    {
        var hash = await Passwords.HashAsync(password, Canonical(email));
        await ChangeAsync(email, async (session, member) =>
        {
            await session.ExecuteAsync(Sql.Of($"update member set password = {hash} where email = {member.Email}"), cancel);
            await _audit.WriteAsync(session, actor, "member.password_set", member.Email, "", cancel);
        }, cancel);
    }

    /// <summary>
    /// The member whose password this is, or null: no such member, none set, or another one. All three take the same time,
    /// so that nobody learns from it who is a member.
    /// </summary>
    public async Task<Member?> VerifyAsync(string email, string password, CancellationToken cancel)
    {
        var known = Identifier.TryCreate(Identifier.Email, email, out var canonical, out _);
        var kept = await stores.Ledger.ReadAsync(session => session.FirstAsync(Sql.Of($"select password from member where email = {(known ? canonical.Value : "")}"), row => row.TextOrNull(0), cancel), cancel);
        var right = await Passwords.VerifyAsync(password, kept);
        var renewed = right && Passwords.IsOutdated(kept!) ? await Passwords.RenewAsync(password) : kept;
        return await stores.Ledger.WriteAsync(async session =>
        {
            if (await FindAsync(session, known ? canonical.Value : "", cancel) is not { } member)
            {
                // What was typed may be anything, a password too: it is not written down.
                await _audit.WriteAsync(session, "unknown", "member.sign_in_refused", "unknown", "no such member", cancel);
                return null;
            }
            if (!right)
            {
                await _audit.WriteAsync(session, member.Email, "member.sign_in_refused", member.Email, "password", cancel);
                return null;
            }
            await session.ExecuteAsync(Sql.Of($"update member set password = {renewed} where email = {member.Email} and password = {kept}"), cancel);
            return await SignInAsync(session, member, "password", cancel);
        }, cancel);
    }

    internal async Task<Member> SignInAsync(Session session, Member member, string how, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await session.ExecuteAsync(Sql.Of($"update member set signed_in_at = {now} where email = {member.Email}"), cancel);
        await _audit.WriteAsync(session, member.Email, "member.signed_in", member.Email, how, cancel);
        return member with { SignedInAt = now };
    }

    internal static Task<Member?> FindAsync(Session session, string canonical, CancellationToken cancel) =>
        session.FirstAsync(Sql.Of($"select {Columns} from member where email = {canonical}"), row => (Member?)Read(row), cancel);

    /// <exception cref="BadInputException">The text is no email.</exception>
    internal static string Canonical(string email) => Identifier.TryCreate(Identifier.Email, email, out var identifier, out var reason)
        ? identifier.Value
        : throw new BadInputException($"{reason}; write it as name@company.com.");

    private Task ChangeAsync(string email, Func<Session, Member, Task> change, CancellationToken cancel)
    {
        var canonical = Canonical(email);
        return stores.Ledger.WriteAsync(async session => await change(session, await FindAsync(session, canonical, cancel)
            ?? throw new BadInputException($"email '{canonical}' is no member; add it first.")), cancel);
    }

    private static async Task KeepAnAdminAsync(Session session, Member member, CancellationToken cancel)
    {
        if (member.Role is Role.Admin && await session.CountAsync(Sql.Of($"select count(*) from member where role = {Role.Admin} and email <> {member.Email}"), cancel) == 0)
            throw new BadInputException($"'{member.Email}' is the only admin; make somebody else admin first.");
    }

    private static string Text(Role role) => role.ToString().ToLowerInvariant();

    private static Member Read(Row row) => new(row.Text(0), row.Text(1), Enum.Parse<Role>(row.Text(2), ignoreCase: true), row.Bool(3), row.Time(4), row.TimeOrNull(5));
}
