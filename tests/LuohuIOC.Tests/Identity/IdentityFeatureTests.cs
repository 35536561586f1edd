using System.Net;
using System.Text.Json;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class IdentityFeatureTests
{
    [Fact]
    public async Task The_first_administrators_token_works_is_for_the_owner_alone_and_never_logged()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.ClientWith(host.FirstToken);
        var me = await ApiClient.JsonOf(await client.Get("/api/v1/me"));
        Assert.Equal("administrator", me.GetProperty("role").GetString());
        Assert.DoesNotContain(host.Log.Lines, l => l.Contains(host.FirstToken[^43..]));
        if (OperatingSystem.IsWindows()) return;
        var file = Path.Combine(host.DataDirectory, "credentials", "administrator.token");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task A_deleted_first_token_is_not_made_again()
    {
        using var here = new TemporaryIdentity();
        await using (await WebHost.StartAsync(dataDirectory: here.Directory)) File.Delete(here.Files.AdministratorToken);
        await using var again = await WebHost.StartAsync(dataDirectory: here.Directory);
        Assert.False(File.Exists(here.Files.AdministratorToken));
    }

    [Fact]
    public async Task Each_role_opens_its_own_doors_and_the_weaker_ones()
    {
        await using var host = await WebHost.StartAsync(map: app =>
        {
            app.MapGet("/api/v1/look", () => "seen").RequireAuthorization("viewer");
            app.MapGet("/api/v1/act", () => "done").RequireAuthorization("duty-officer");
            app.MapGet("/api/v1/rule", () => "ruled").RequireAuthorization("administrator");
        });
        string[] doors = ["/api/v1/look", "/api/v1/act", "/api/v1/rule"];
        foreach (var role in Enum.GetValues<Role>())
        {
            using var client = host.ClientAs(role);
            for (var door = 0; door < doors.Length; door++)
            {
                var response = await client.Get(doors[door]);
                if (door <= (int)role) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                else await ApiClient.ProblemOf(response, 403, "role-too-low");
            }
        }
    }

    [Fact]
    public async Task Wrong_tokens_are_401_then_429_while_a_right_one_still_passes()
    {
        await using var host = await WebHost.StartAsync();
        using var guesser = host.ClientWith(TokenText.Generate());
        for (var i = 0; i < FailedAttempts.PerWindow; i++)
        {
            var refused = await guesser.Get("/api/v1/me");
            await ApiClient.ProblemOf(refused, 401, "token-invalid");
            Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString());
        }
        var throttled = await guesser.Get("/api/v1/me");
        await ApiClient.ProblemOf(throttled, 429, "too-many-attempts");
        Assert.Equal(TimeSpan.FromSeconds(60), throttled.Headers.RetryAfter!.Delta);
        using var officer = host.ClientAs(Role.DutyOfficer);
        Assert.Equal(HttpStatusCode.OK, (await officer.Get("/api/v1/me")).StatusCode);
        host.Clock.Advance(FailedAttempts.Window);
        await ApiClient.ProblemOf(await guesser.Get("/api/v1/me"), 401, "token-invalid");
    }

    [Fact]
    public async Task An_expired_token_is_told_so()
    {
        await using var host = await WebHost.StartAsync();
        var text = host.Services.GetRequiredService<TokenBook>().Issue("guest", Role.Viewer, host.Clock.GetUtcNow().AddMinutes(5)).Text;
        using var guest = host.ClientWith(text);
        Assert.Equal(HttpStatusCode.OK, (await guest.Get("/api/v1/me")).StatusCode);
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        await ApiClient.ProblemOf(await guest.Get("/api/v1/me"), 401, "token-expired");
    }

    [Fact]
    public async Task A_token_in_the_query_counts_under_hubs_only()
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapGet("/hubs/wall", () => "hello"));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.Get($"/hubs/wall?access_token={host.FirstToken}")).StatusCode);
        await ApiClient.ProblemOf(await host.Client.Get($"/api/v1/me?access_token={host.FirstToken}"), 401, "token-missing");
    }

    [Fact]
    public async Task An_administrator_issues_lists_and_revokes_tokens()
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var created = await administrator.Post("/api/v1/tokens", """{"name":" 王五 ","role":"duty-officer"}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var issued = await ApiClient.JsonOf(created);
        using var officer = host.ClientWith(issued.GetProperty("token").GetString());
        Assert.Equal("王五", (await ApiClient.JsonOf(await officer.Get("/api/v1/me"))).GetProperty("name").GetString());
        var list = await ApiClient.TextOf(await administrator.Get("/api/v1/tokens"));
        Assert.Contains("王五", list);
        Assert.DoesNotContain(issued.GetProperty("token").GetString()![^43..], list);
        Assert.Equal(HttpStatusCode.NoContent, (await administrator.Delete($"/api/v1/tokens/{issued.GetProperty("id").GetString()}")).StatusCode);
        await ApiClient.ProblemOf(await officer.Get("/api/v1/me"), 401, "token-expired");
        await ApiClient.ProblemOf(await administrator.Delete("/api/v1/tokens/nobody22"), 404, "not-found");
    }

    [Fact]
    public async Task The_last_administrators_token_cannot_be_revoked()
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var id = TokenText.IdOf(host.FirstToken)!;
        await ApiClient.ProblemOf(await administrator.Delete($"/api/v1/tokens/{id}"), 409, "last-administrator");
        using var second = host.ClientAs(Role.Administrator);
        Assert.Equal(HttpStatusCode.NoContent, (await second.Delete($"/api/v1/tokens/{id}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", "token-name")]
    [InlineData("""{"name":"   ","role":"viewer"}""", "token-name")]
    [InlineData("""{"name":"x"}""", "token-role")]
    [InlineData("""{"name":"x","role":"viewer","expiresAt":"2023-09-07T18:00:00Z"}""", "token-expiry")]
    [InlineData("""{"name":"x","role":"king"}""", "token-role")]
    public async Task A_wish_for_a_token_that_makes_no_sense_is_refused(string wish, string code)
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        await ApiClient.ProblemOf(await administrator.Post("/api/v1/tokens", wish), 400, code);
    }

    [Fact]
    public async Task Lists_of_tokens_and_gateways_go_on_where_they_stopped()
    {
        await using var host = await WebHost.StartAsync();
        var tokens = host.Services.GetRequiredService<TokenBook>();
        for (var i = 0; i < 4; i++) tokens.Issue($"viewer {i}", Role.Viewer, null);
        await host.Services.GetRequiredService<GatewaySecrets>().EnsureAsync(["gw-1", "gw-2", "gw-3", "gw-4", "gw-5"], TestContext.Current.CancellationToken);
        using var administrator = host.ClientWith(host.FirstToken);
        foreach (var (path, key) in new[] { ("/api/v1/tokens", "id"), ("/api/v1/gateways", "gateway") })
        {
            await ApiClient.ProblemOf(await administrator.Get($"{path}?limit=0"), 400, "limit-out-of-range");
            var seen = new List<string>();
            for (var next = ""; next is not null;)
            {
                var page = await ApiClient.JsonOf(await administrator.Get($"{path}?limit=2{(next.Length > 0 ? "&after=" + next : "")}"));
                Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, 2);
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(key).GetString()!));
                next = page.GetProperty("next").GetString();
            }
            Assert.Equal(5, seen.Distinct().Count());
            Assert.Equal(5, seen.Count);
        }
    }

    [Fact]
    public async Task Gateways_of_the_registry_get_secrets_at_start_and_when_they_appear()
    {
        await using var host = await WebHost.StartAsync();
        var registry = host.Services.GetRequiredService<SensorRegistry>();
        var secrets = host.Services.GetRequiredService<GatewaySecrets>();
        registry.AutoRegister("s-1", "gw-late");
        await EventuallyKnows(secrets, "gw-late");
        using var administrator = host.ClientWith(host.FirstToken);
        var rotated = await ApiClient.JsonOf(await administrator.Post("/api/v1/gateways/gw-late/secret", ""));
        Assert.True(secrets.Verify("gw-late", System.Text.Encoding.UTF8.GetBytes(rotated.GetProperty("secret").GetString()!)));
        Assert.Equal(HttpStatusCode.NoContent, (await administrator.Delete("/api/v1/gateways/gw-late/secret")).StatusCode);
        Assert.False(secrets.Verify("gw-late", System.Text.Encoding.UTF8.GetBytes(rotated.GetProperty("secret").GetString()!)));
        await ApiClient.ProblemOf(await administrator.Post("/api/v1/gateways/gw-none/secret", ""), 404, "not-found");
        using var viewer = host.ClientAs(Role.Viewer);
        await ApiClient.ProblemOf(await viewer.Post("/api/v1/gateways/gw-late/secret", ""), 403, "role-too-low");
        var list = await ApiClient.JsonOf(await viewer.Get("/api/v1/gateways"));
        Assert.Equal(JsonValueKind.String, list.GetProperty("items")[0].GetProperty("disabledAt").ValueKind);
    }

    [Fact]
    public async Task Gateways_loaded_before_the_start_have_their_secret_when_the_host_is_ready()
    {
        await using var host = await WebHost.StartAsync(map: app => app.Services.GetRequiredService<SensorRegistry>().AutoRegister("s-1", "gw-early"));
        Assert.True(host.Services.GetRequiredService<GatewaySecrets>().Knows("gw-early"));
        using var viewer = host.ClientAs(Role.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await viewer.Get("/healthz/ready")).StatusCode);
    }

    private static async Task EventuallyKnows(GatewaySecrets secrets, string gateway)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var looks = 0; !secrets.Knows(gateway); looks++)
        {
            Assert.True(looks < 3000, $"{gateway}, which came into the registry, has no secret after 3000 looks");
            await look.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
