using LuohuIOC.Identity;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class TokenBookTests : IDisposable
{
    private readonly TemporaryIdentity _here = new();

    [Fact]
    public void A_token_is_known_by_its_whole_text_only()
    {
        var tokens = _here.Tokens();
        var (token, text) = tokens.Issue("三防值班室", Role.DutyOfficer, null);
        Assert.Equal(TokenVerdict.Valid, tokens.Check(text, out var found));
        Assert.Equal((token.Id, "三防值班室", Role.DutyOfficer), (found!.Id, found.Name, found.Role));
        string[] wrong = [text[..^1] + (text[^1] == 'A' ? 'B' : 'A'), text[..^1], text + "A", text.ToUpperInvariant(), "", "ioc_", new string('你', text.Length)];
        foreach (var guess in wrong) Assert.Equal(TokenVerdict.Unknown, tokens.Check(guess, out _));
    }

    [Fact]
    public void The_file_holds_no_clear_token()
    {
        var tokens = _here.Tokens();
        var text = tokens.Issue("wall", Role.Viewer, null).Text;
        var secret = text[^43..];
        foreach (var path in Directory.EnumerateFiles(_here.Directory, "identity.db*"))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(secret, reader.ReadToEnd());
        }
    }

    [Fact]
    public void Tokens_differ_and_carry_256_bits()
    {
        var tokens = _here.Tokens();
        var texts = Enumerable.Range(0, 50).Select(_ => tokens.Issue("x", Role.Viewer, null).Text).ToList();
        Assert.Equal(50, texts.Distinct().Count());
        Assert.All(texts, t => Assert.Matches("^ioc_[a-z2-9]{8}_[A-Za-z0-9]{43}$", t));
        Assert.True(43 * Math.Log2(62) >= 256);
    }

    [Fact]
    public void A_token_ends_at_its_expiry_to_the_millisecond()
    {
        var tokens = _here.Tokens();
        var text = tokens.Issue("guest", Role.Viewer, _here.Clock.GetUtcNow().AddHours(1)).Text;
        _here.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TokenVerdict.Valid, tokens.Check(text, out _));
        _here.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TokenVerdict.ExpiredOrRevoked, tokens.Check(text, out _));
    }

    [Fact]
    public void Revocation_holds_at_once_is_told_and_survives_a_restart()
    {
        var tokens = _here.Tokens();
        var (token, text) = tokens.Issue("left us", Role.Administrator, null);
        var told = new List<string>();
        tokens.Revoked += told.Add;
        Assert.True(tokens.Revoke(token.Id));
        Assert.Equal(TokenVerdict.ExpiredOrRevoked, tokens.Check(text, out _));
        Assert.False(tokens.Revoke(token.Id));
        Assert.False(tokens.Revoke("nobody22"));
        Assert.Equal([token.Id], told);
        var again = _here.Tokens();
        Assert.Equal(TokenVerdict.ExpiredOrRevoked, again.Check(text, out _));
    }

    [Fact]
    public void What_another_process_issues_and_revokes_is_seen_within_a_second()
    {
        var host = _here.Tokens();
        var commandLine = _here.Tokens();
        var (token, text) = commandLine.Issue("李四", Role.Administrator, null);
        _here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Valid, host.Check(text, out _));
        var told = new List<string>();
        host.Revoked += told.Add;
        commandLine.Revoke(token.Id);
        _here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.ExpiredOrRevoked, host.Check(text, out _));
        Assert.Equal([token.Id], told);
    }

    [Fact]
    public void Last_use_is_written_lazily_to_the_minute_and_kept_over_a_reload()
    {
        var tokens = _here.Tokens();
        var (token, text) = tokens.Issue("wall", Role.Viewer, null);
        tokens.Check(text, out _);
        var first = _here.Clock.GetUtcNow();
        _here.Clock.Advance(TimeSpan.FromSeconds(30));
        tokens.Check(text, out _);
        Assert.Equal(first, tokens.Find(token.Id)!.LastUsedAt);
        Assert.Null(_here.Tokens().Find(token.Id)!.LastUsedAt);
        _here.Tokens().Issue("someone else", Role.Viewer, null);
        Assert.Equal(first, tokens.All().Single(t => t.Id == token.Id).LastUsedAt);
        tokens.WriteLastUsed();
        var after = _here.Tokens();
        Assert.Equal(first, after.Find(token.Id)!.LastUsedAt);
    }

    public void Dispose() => _here.Dispose();
}
