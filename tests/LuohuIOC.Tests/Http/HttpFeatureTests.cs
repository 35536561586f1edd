using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LuohuIOC.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class HttpFeatureTests
{
    private enum Mood
    {
        VeryGood,
    }

    private sealed record Wish(string? Name, Mood? Mood);

    [Fact]
    public async Task Nothing_but_health_and_the_api_page_answers_without_a_token()
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapGet("/api/v1/forgotten", () => "secret"));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.Get("/healthz/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.Get("/healthz/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.Get("/openapi")).StatusCode);
        string[] closed = ["/metrics", "/openapi/v1.json", "/api/v1/me", "/api/v1/tokens", "/api/v1/gateways", "/api/v1/forgotten", "/no/such/address"];
        foreach (var path in closed)
        {
            var response = await host.Client.Get(path);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{path} answered {response.StatusCode} without a token");
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            await ApiClient.ProblemOf(response, 401, "token-missing");
        }
    }

    [Fact]
    public async Task Unknown_address_is_a_404_problem_in_the_callers_language()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.ClientAs(Role.Viewer);
        var chinese = await ApiClient.ProblemOf(await client.Get("/api/v1/nothing?x=1"), 404, "no-such-address");
        Assert.Equal("地址不存在", chinese.GetProperty("title").GetString());
        Assert.Equal("/api/v1/nothing", chinese.GetProperty("instance").GetString());
        client.Headers.AcceptLanguage.ParseAdd("en-GB");
        var english = await ApiClient.ProblemOf(await client.Get("/api/v1/nothing"), 404, "no-such-address");
        Assert.Equal("No such address", english.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Wrong_method_is_a_405_problem_that_names_the_right_ones()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.ClientAs(Role.Viewer);
        var response = await client.Put("/api/v1/me");
        var problem = await ApiClient.ProblemOf(response, 405, "method-not-allowed");
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Contains("GET", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Unreadable_parameters_and_bodies_are_400_problems_that_name_the_place()
    {
        await using var host = await WebHost.StartAsync(map: app =>
        {
            app.MapGet("/api/v1/limited", (int limit) => limit);
            app.MapPost("/api/v1/wish", (Wish wish) => wish.Name);
        });
        using var client = host.ClientAs(Role.Viewer);
        foreach (var path in new[] { "/api/v1/limited?limit=many", "/api/v1/limited" })
        {
            var problem = await ApiClient.ProblemOf(await client.Get(path), 400, "bad-parameter");
            Assert.Contains("“limit”", problem.GetProperty("detail").GetString());
        }
        var wrongType = await ApiClient.ProblemOf(await client.Post("/api/v1/wish", "{\n\"name\": \"x\",\n\"mood\": \"bad\"}"), 400, "body-unreadable");
        Assert.Contains("$.mood", wrongType.GetProperty("detail").GetString());
        Assert.Contains("第 3 行", wrongType.GetProperty("detail").GetString());
        await ApiClient.ProblemOf(await client.Post("/api/v1/wish", "{"), 400, "body-unreadable");
        await ApiClient.ProblemOf(await client.Post("/api/v1/wish", ""), 400, "body-missing");
        await ApiClient.ProblemOf(await client.Post("/api/v1/wish", "null"), 400, "body-missing");
        await ApiClient.ProblemOf(await client.Post("/api/v1/wish", "x", "text/plain"), 415, "media-type");
    }

    [Fact]
    public async Task A_packed_body_is_refused_for_that_and_not_for_what_it_looks_like()
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapPut("/api/v1/wish", (Wish wish) => wish.Name));
        using var client = host.ClientAs(Role.Viewer);
        foreach (var (encoding, status) in new[] { ("gzip", 415), ("bogus", 415), ("identity", 200) })
        {
            using var body = new StringContent("""{"name":"x"}""", System.Text.Encoding.UTF8, "application/json");
            body.Headers.ContentEncoding.Add(encoding);
            using var answer = await client.Put("/api/v1/wish", body);
            Assert.Equal(status, (int)answer.StatusCode);
            if (status == 415) Assert.Contains(encoding, (await ApiClient.ProblemOf(answer, 415, "content-encoding")).GetProperty("detail").GetString());
        }
    }

    [Theory]
    [InlineData("gbk")]
    [InlineData("gb18030")]
    [InlineData("bogus")]
    [InlineData("\"gbk\"")]
    public async Task A_body_in_another_encoding_is_a_415_problem_that_asks_for_UTF_8(string charset)
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapPost("/api/v1/wish", (Wish wish) => wish.Name));
        using var client = host.ClientAs(Role.Viewer);
        var problem = await ApiClient.ProblemOf(await client.PostAs("/api/v1/wish", "{}", $"application/json; charset={charset}"), 415, "charset");
        Assert.Contains("UTF-8", problem.GetProperty("detail").GetString());
        Assert.Contains(charset.Trim('"'), problem.GetProperty("detail").GetString());
        Assert.Equal(200, (int)(await client.PostAs("/api/v1/wish", """{"name":"x"}""", "application/json; charset=\"UTF-8\"")).StatusCode);
    }

    [Fact]
    public async Task Too_large_a_body_is_a_413_problem()
    {
        await using var host = await WebHost.StartAsync(["--Http:BodyBytesMax=1024"], map: app => app.MapPost("/api/v1/wish", (Wish wish) => wish.Name));
        using var client = host.ClientAs(Role.Viewer);
        await ApiClient.ProblemOf(await client.Post("/api/v1/wish", $"{{\"name\":\"{new string('x', 2000)}\"}}"), 413, "body-too-large");
    }

    [Fact]
    public async Task An_unforeseen_failure_shows_a_trace_id_and_nothing_of_the_inside()
    {
        await using var host = await WebHost.StartAsync(map: app =>
        {
            app.MapGet("/api/v1/broken", (Func<string>)(() => throw new InvalidOperationException("password of the database")));
            app.MapGet("/api/v1/away", (Func<string>)(() => throw new Npgsql.NpgsqlException("10.0.0.7 refuses")));
            app.MapGet("/api/v1/slow", (Func<string>)(() => throw new TimeoutException("grain 17")));
        });
        using var client = host.ClientAs(Role.Viewer);
        var response = await client.Get("/api/v1/broken");
        var text = await ApiClient.TextOf(response);
        var problem = await ApiClient.ProblemOf(response, 500, "internal-error");
        Assert.DoesNotContain("password", text);
        Assert.DoesNotContain("InvalidOperation", text);
        var trace = problem.GetProperty("traceId").GetString()!;
        Assert.Contains(host.Log.Lines, l => l.Contains(trace) && l.Contains("password of the database"));
        var slow = await client.Get("/api/v1/slow");
        await ApiClient.ProblemOf(slow, 503, "busy");
        Assert.NotNull(slow.Headers.RetryAfter);
        await ApiClient.ProblemOf(await client.Get("/api/v1/away"), 503, "database-away");
    }

    [Fact]
    public async Task Json_is_camel_case_with_words_for_enums_null_for_no_number_and_readable_chinese()
    {
        await using var host = await WebHost.StartAsync(map: app =>
            app.MapGet("/api/v1/sample", () => new { TheMood = Mood.VeryGood, NoNumber = double.NaN, Few = float.PositiveInfinity, Name = "易涝点", Half = 0.5 }));
        using var client = host.ClientAs(Role.Viewer);
        var text = await ApiClient.TextOf(await client.Get("/api/v1/sample"));
        Assert.Equal("""{"theMood":"very-good","noNumber":null,"few":null,"name":"易涝点","half":0.5}""", text);
    }

    [Fact]
    public async Task Answers_carry_security_headers_and_are_compressed_on_request()
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapGet("/api/v1/long", () => new { Text = new string('x', 5000) }));
        using var client = host.ClientAs(Role.Viewer);
        client.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        var response = await client.Get("/api/v1/long");
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.ToString());
        var packed = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5000, JsonDocument.Parse(new GZipStream(packed, CompressionMode.Decompress)).RootElement.GetProperty("text").GetString()!.Length);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_log_names_path_and_holder_but_never_the_query()
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapGet("/hubs/echo", () => "hello"));
        var anonymous = await host.Client.Get($"/hubs/echo?access_token={host.FirstToken}");
        Assert.Equal(HttpStatusCode.OK, anonymous.StatusCode);
        Assert.Contains(host.Log.Lines, l => l.Contains("GET /hubs/echo → 200") && l.Contains(TokenUpkeep.FirstHolder));
        Assert.DoesNotContain(host.Log.Lines, l => l.Contains("access_token") || l.Contains(host.FirstToken));
    }

    [Fact]
    public async Task Readiness_says_which_part_is_not_ready_and_why()
    {
        await using var host = await WebHost.StartAsync(add: b => b.Services.AddHealthChecks()
            .AddCheck("history", () => HealthCheckResult.Unhealthy("the disk is full"))
            .AddCheck("journal", () => HealthCheckResult.Unhealthy("x", new IOException("/secret/path"))));
        using var client = host.ClientAs(Role.Viewer);
        var response = await client.Get("/healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var text = await ApiClient.TextOf(response);
        var ready = await ApiClient.JsonOf(response);
        Assert.Equal("not-ready", ready.GetProperty("status").GetString());
        var parts = ready.GetProperty("parts").EnumerateArray().ToDictionary(p => p.GetProperty("part").GetString()!, p => p.GetProperty("why").GetString());
        Assert.Equal("the disk is full", parts["history"]);
        Assert.Null(parts["identity"]);
        Assert.DoesNotContain("/secret/path", text);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.Get("/healthz/live")).StatusCode);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("TRACE")]
    public async Task Metrics_are_only_read(string method)
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.ClientAs(Role.Viewer);
        await ApiClient.ProblemOf(await client.Send(method, "/metrics"), 405, "method-not-allowed");
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.ClientAs(Role.Viewer);
        var response = await client.Get("/metrics");
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("# TYPE dotnet_", await ApiClient.TextOf(response));
    }
}
