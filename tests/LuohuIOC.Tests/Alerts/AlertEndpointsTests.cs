using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Wall;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertEndpointsTests(SharedCity shared) : IClassFixture<SharedCity>
{
    private readonly CityHost _city = shared.Host;

    [Fact]
    public async Task An_officer_takes_an_alert_from_raised_to_closed_and_every_step_is_told()
    {
        await _city.ObserveAsync("way", Some.Change(Severity.Red, 1));
        var id = await IdOf("way");
        Assert.Equal("acknowledged", (await Post(id, "acknowledge", """{"comment":"收到","version":1}""")).GetProperty("state").GetString());
        Assert.Equal("黄贝街道办", (await Post(id, "assign", """{"assignee":" 黄贝街道办 "}""")).GetProperty("assignedTo").GetString());
        await Post(id, "comment", """{"comment":"已设围挡"}""");
        var closed = await Post(id, "close", """{"comment":"现场已处置"}""");
        Assert.Equal("closed", closed.GetProperty("state").GetString());
        Assert.Equal("a DutyOfficer", closed.GetProperty("closedBy").GetString());
        var detail = await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts/{id}"));
        var events = detail.GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(["raised", "acknowledged", "assigned", "commented", "closed"], events.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(["system", "a DutyOfficer"], events.Select(e => e.GetProperty("actor").GetString()).Distinct());
        Assert.Equal(5, detail.GetProperty("alert").GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task An_assignment_has_a_deadline_that_is_told_when_it_has_passed()
    {
        await _city.ObserveAsync("due", Some.Change(Severity.Red, 1));
        var id = await IdOf("due");
        await Post(id, "acknowledge", "{}");
        foreach (var dueAt in new[] { "soon", "2023-09-07T18:30:00+08:00", DateTimeOffset.UtcNow.AddDays(31).ToString("O") })
            await Refused(id, "assign", $$"""{"assignee":"抢险一队","dueAt":"{{dueAt}}"}""", 400, "alert-due");
        var due = DateTimeOffset.UtcNow.AddSeconds(5);
        var assigned = await Post(id, "assign", $$"""{"assignee":"抢险一队","dueAt":"{{due.ToUnixTimeMilliseconds()}}"}""");
        Assert.Equal((due.ToUnixTimeMilliseconds(), "acknowledged"), (assigned.GetProperty("dueAt").GetDateTimeOffset().ToUnixTimeMilliseconds(), assigned.GetProperty("state").GetString()));
        Assert.True(SpinWait.SpinUntil(() => _city.Alerts.Open.Single(a => a.Id == id).OverdueAt is not null, TimeSpan.FromSeconds(60)), "The deadline was never told to have passed.");
        var detail = await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts/{id}"));
        Assert.Equal("raised", detail.GetProperty("alert").GetProperty("state").GetString());
        var told = detail.GetProperty("events").EnumerateArray().Last();
        Assert.Equal(("overdue", "system", "抢险一队"), (told.GetProperty("type").GetString(), told.GetProperty("actor").GetString(), told.GetProperty("assignee").GetString()));
        using var administrator = _city.ClientAs(Role.Administrator);
        Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
        Assert.InRange(told.GetProperty("at").GetDateTimeOffset(), told.GetProperty("dueAt").GetDateTimeOffset(), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_reason()
    {
        await _city.ObserveAsync("no", Some.Change(Severity.Red, 1));
        var id = await IdOf("no");
        await Refused("no-such-alert", "acknowledge", "{}", 404, "not-found");
        await Refused(id, "close", "{}", 400, "alert-condition-holds");
        await Refused(id, "comment", """{"comment":"  "}""", 400, "alert-comment-missing");
        await Refused(id, "assign", "{}", 400, "alert-assignee-missing");
        await Refused(id, "comment", $$"""{"comment":"{{new string('长', 2001)}}"}""", 400, "alert-text-too-long");
        await Refused(id, "acknowledge", """{"version":7}""", 409, "alert-changed");
        await Post(id, "acknowledge", "{}");
        using var other = _city.ClientAs(Role.Administrator);
        await ApiClient.ProblemOf(await other.Post($"/api/v1/alerts/{id}/acknowledge", "{}"), 409, "alert-acknowledged");
        await Post(id, "close", """{"comment":"误报"}""");
        await Refused(id, "assign", """{"assignee":"街道办"}""", 409, "alert-closed");
        await Refused(id, "close", """{"comment":"迟到"}""", 409, "alert-closed");
    }

    /// <summary>It stands in the record, on the wall and in files: nothing in it may hide, or turn what is beside it.</summary>
    [Theory]
    [InlineData("comment", "comment", "a\\u0000b", false)]
    [InlineData("comment", "comment", "a\\u001bb", false)]
    [InlineData("comment", "comment", "a\\u202eb", false)]
    [InlineData("comment", "comment", "a\\u2066b", false)]
    [InlineData("comment", "comment", "第一行\\r\\n\\t第二行", true)]
    [InlineData("comment", "comment", "👨\\u200d👩", true)]
    [InlineData("close", "comment", "a\\u0007b", false)]
    [InlineData("mark", "comment", "a\\u200fb", false)]
    [InlineData("assign", "assignee", "a\\nb", false)]
    [InlineData("assign", "assignee", "a\\u200bb", false)]
    [InlineData("assign", "assignee", "a\\u202eb", false)]
    public async Task Text_that_does_not_read_as_it_is_written_is_refused(string verb, string member, string text, bool isTaken)
    {
        await _city.ObserveAsync("text", Some.Change(Severity.Red, 1));
        var id = await IdOf("text");
        var body = $$"""{{{(verb == "mark" ? "\"verdict\":\"true\"," : "")}}"{{member}}":"{{text}}"}""";
        if (isTaken) await Post(id, verb, body);
        else Assert.Contains(member, (await Refused(id, verb, body, 400, "alert-text-illegible")).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("System")]
    [InlineData("系统")]
    public async Task Nothing_is_assigned_to_what_stands_for_nobody(string assignee)
    {
        await _city.ObserveAsync("nobody", Some.Change(Severity.Red, 1));
        await Refused(await IdOf("nobody"), "assign", $$"""{"assignee":" {{assignee}} "}""", 400, "alert-assignee-reserved");
    }

    [Theory]
    [InlineData("acknowledge", """{"assignee":"抢险一队","dueAt":"garbage"}""", "assignee")]
    [InlineData("comment", """{"comment":"看过","assignee":"抢险一队"}""", "assignee")]
    [InlineData("close", """{"comment":"看过","dueAt":"2026-11-29"}""", "dueAt")]
    [InlineData("mark", """{"verdict":"true","assignee":"抢险一队"}""", "assignee")]
    [InlineData("assign", """{"assignee":"抢险一队","verdict":"true"}""", "verdict")]
    public async Task A_member_that_belongs_to_another_step_is_refused_by_its_name(string verb, string body, string member)
    {
        await _city.ObserveAsync("foreign", Some.Change(Severity.Red, 1));
        var problem = await Refused(await IdOf("foreign"), verb, body, 400, "body-member-unknown");
        Assert.Contains($"“{member}”", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_worst_of_an_alert_that_has_eased_is_found()
    {
        await _city.ObserveAsync("eased", Some.Change(Severity.Red, 1, "a"), Some.Change(Severity.Blue, 2, "a"));
        Assert.Empty(await Rules("sensor=eased&severity=red"));
        Assert.Equal(["a"], await Rules("sensor=eased&worst=red"));
        Assert.Empty(await Rules("sensor=eased&worst=blue"));
        await Post(await IdOf("eased"), "comment", """{"comment":"\"worst\":\"Orange\""}""");
        Assert.Empty(await Rules("sensor=eased&worst=orange"));
    }

    [Fact]
    public async Task A_step_upon_a_version_that_is_over_is_refused_by_the_header_as_by_the_body()
    {
        await _city.ObserveAsync("match", Some.Change(Severity.Red, 1));
        var id = await IdOf("match");
        var detail = await _city.Officer.Get($"/api/v1/alerts/{id}");
        Assert.Equal("\"1\"", detail.Headers.ETag?.ToString());
        foreach (var verb in new[] { "acknowledge", "assign", "comment", "close", "mark" })
        {
            var body = verb switch
            {
                "assign" => """{"comment":"看过","assignee":"街道办"}""",
                "mark" => """{"comment":"看过","verdict":"true"}""",
                _ => """{"comment":"看过"}""",
            };
            await ApiClient.ProblemOf(await Matching(id, verb, body, "\"7\""), 412, "alert-changed");
            await ApiClient.ProblemOf(await Matching(id, verb, body, "seven"), 400, "alert-if-match-invalid");
        }
        // Who gives both and means two versions has not seen one of them.
        await ApiClient.ProblemOf(await Matching(id, "comment", """{"comment":"看过","version":1}""", "\"7\""), 412, "alert-changed");
        await ApiClient.ProblemOf(await Matching(id, "comment", """{"comment":"看过","version":7}""", "\"1\""), 412, "alert-changed");
        var taken = await Matching(id, "acknowledge", "{}", "\"1\"");
        Assert.Equal((200, "\"2\""), ((int)taken.StatusCode, taken.Headers.ETag?.ToString()));
        Assert.Equal(200, (int)(await Matching(id, "comment", """{"comment":"看过"}""", "*")).StatusCode);
        Assert.Equal(3, (await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts/{id}"))).GetProperty("events").GetArrayLength());
        await Refused(id, "comment", """{"comment":"看过","version":1}""", 409, "alert-changed");
    }

    [Fact]
    public async Task Who_may_only_look_changes_nothing_and_who_has_no_token_sees_nothing()
    {
        await _city.ObserveAsync("look", Some.Change(Severity.Blue, 1));
        using var viewer = _city.ClientAs(Role.Viewer);
        Assert.Equal(403, (int)(await viewer.Post($"/api/v1/alerts/{await IdOf("look")}/acknowledge", "{}")).StatusCode);
        Assert.Equal(403, (int)(await _city.Officer.Get("/api/v1/alerts/verification")).StatusCode);
        using var stranger = new HttpClient { BaseAddress = new Uri(_city.Address) };
        foreach (var path in new[] { "/api/v1/alerts", "/api/v1/alerts/summary", "/api/v1/city" })
            Assert.Equal(401, (int)(await stranger.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_closed_alert_is_marked_once_and_the_chain_stays_whole()
    {
        const string evidence = """{"detector":"novelty","score":6.1,"threshold":5.5,"expected":{"level":1.2}}""";
        await _city.ObserveAsync("mark", Some.Change(Severity.Blue, 1, "novelty-level") with { Evidence = evidence, Metric = "level" });
        var id = await IdOf("mark");
        await _city.ObserveAsync("mark", Some.Change(null, 2, "novelty-level"));
        await Refused(id, "mark", """{"verdict":"maybe"}""", 400, "alert-verdict");
        var bodies = Enumerable.Range(0, 5).Select(_ => Post(id, "mark", """{"verdict":"false","comment":"虚警"}"""));
        Assert.All(await Task.WhenAll(bodies), a => Assert.Equal(("false", "closed"), (a.GetProperty("verdict").GetString(), a.GetProperty("state").GetString())));
        Assert.Equal("true", (await Post(id, "mark", """{"verdict":"true"}""")).GetProperty("verdict").GetString());
        var detail = await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts/{id}"));
        Assert.Equal(
            ["raised", "cleared", "closed", "marked", "marked"], detail.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        Assert.Contains("1.2", detail.GetProperty("alert").GetProperty("evidenceText").GetString());
        await Refused("none", "mark", """{"verdict":"true"}""", 404, "not-found");
        using var administrator = _city.ClientAs(Role.Administrator);
        Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task A_mark_is_taken_back_by_whoever_asks_for_it_and_the_chain_says_who()
    {
        await _city.ObserveAsync("withdraw", Some.Change(Severity.Blue, 1, "novelty-level"));
        var id = await IdOf("withdraw");
        await _city.ObserveAsync("withdraw", Some.Change(null, 2, "novelty-level"));
        await Post(id, "mark", """{"verdict":"false"}""");
        using var administrator = _city.ClientAs(Role.Administrator);
        await Refused(id, "mark", "{}", 400, "alert-verdict");
        await Refused(id, "mark", """{"verdict":null}""", 400, "alert-verdict");
        await Refused(id, "mark", """{"verdict":"none","version":3}""", 409, "alert-changed");
        for (var again = 0; again < 2; again++)
        {
            var withdrawn = await ApiClient.JsonOf(await administrator.Post($"/api/v1/alerts/{id}/mark", """{"verdict":"none","comment":"标错了"}"""));
            Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, "closed"), (withdrawn.GetProperty("verdict").ValueKind, withdrawn.GetProperty("markedBy").ValueKind, withdrawn.GetProperty("state").GetString()));
        }
        var events = (await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts/{id}"))).GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(["raised", "cleared", "closed", "marked", "withdrawn"], events.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(("a Administrator", "标错了"), (events[^1].GetProperty("actor").GetString(), events[^1].GetProperty("comment").GetString()));
        Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task A_note_is_taken_when_an_alert_has_closed_by_itself()
    {
        await _city.ObserveAsync("noted", Some.Change(Severity.Yellow, 1));
        var id = await IdOf("noted");
        await _city.ObserveAsync("noted", Some.Change(null, 2));
        await Refused(id, "comment", """{"comment":"看过","version":1}""", 409, "alert-changed");
        var noted = await Post(id, "comment", """{"comment":"现场已核实，井盖松动","version":3}""");
        Assert.Equal(("closed", "system", "现场已核实，井盖松动"), (noted.GetProperty("state").GetString(), noted.GetProperty("closedBy").GetString(), noted.GetProperty("comment").GetString()));
        await Post(id, "mark", """{"verdict":"true"}""");
        var detail = await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts/{id}"));
        Assert.Equal(
            ["raised", "cleared", "closed", "commented", "marked"], detail.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        using var administrator = _city.ClientAs(Role.Administrator);
        Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Lists_filter_and_page()
    {
        await _city.ObserveAsync("list", Some.Change(Severity.Red, 1, "a"), Some.Change(Severity.Blue, 2, "b"), Some.Change(Severity.Blue, 3, "c"), Some.Change(null, 4, "c"));
        Assert.Equal(["a"], await Rules("sensor=list&severity=red,orange"));
        Assert.Equal(["a"], await Rules("sensor=list&worst=red"));
        Assert.Equal(["b", "c"], (await Rules("sensor=list&worst=blue,yellow")).Order());
        Assert.Empty(await Rules("sensor=list&worst=red&state=closed"));
        Assert.Equal(["c"], await Rules("sensor=list&state=closed"));
        Assert.Equal(["a", "b"], (await Rules("sensor=list&state=open")).Order());
        Assert.Equal(["c"], await Rules("sensor=list&cleared=true"));
        Assert.Equal(["a", "b"], (await Rules("sensor=list&cleared=false")).Order());
        Assert.Empty(await Rules("sensor=list&kind=smoke,river"));
        Assert.Equal(["b"], await Rules("sensor=list&rule=b&kind=smoke,generic&from=2020-01-01T00:00:00Z"));
        Assert.Empty(await Rules("sensor=list&to=1000000000000"));
        var first = await ApiClient.JsonOf(await _city.Officer.Get("/api/v1/alerts?sensor=list&limit=2"));
        var rest = await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts?sensor=list&limit=2&after={first.GetProperty("next").GetString()}"));
        Assert.Single(rest.GetProperty("items").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
        foreach (var query in new[] { "state=gone", "severity=pink", "heldFrom=x", "heldTo=x", "worst=pink", "from=yesterday", "limit=0", "limit=1001", "after=x", "kind=teapot", "street=x" })
            await ApiClient.ProblemOf(await _city.Officer.Get($"/api/v1/alerts?{query}"), 400, "alert-filter");
        foreach (var query in new[] { "from=2024-11-23&to=2024-11-22", "heldFrom=2024-11-23&heldTo=2024-11-22" })
            await ApiClient.ProblemOf(await _city.Officer.Get($"/api/v1/alerts?{query}"), 400, "alert-range");
        Assert.Equal(["a", "b", "c"], (await Rules("sensor=list&heldFrom=2020-01-01")).Order());
        Assert.Equal(["a", "b"], (await Rules("sensor=list&heldFrom=2120-01-01")).Order());
    }

    [Fact]
    public async Task The_summary_counts_what_is_open_and_the_chain_is_whole()
    {
        await _city.ObserveAsync("sum", Some.Change(Severity.Orange, 1));
        var summary = await ApiClient.JsonOf(await _city.Officer.Get("/api/v1/alerts/summary"));
        Assert.Equal(_city.Alerts.Count, summary.GetProperty("open").GetInt32());
        Assert.True(summary.GetProperty("bySeverity").GetProperty("orange").GetInt32() >= 1);
        Assert.True(summary.GetProperty("byKind").GetProperty("generic").GetInt32() >= 1);
        using var administrator = _city.ClientAs(Role.Administrator);
        Assert.True((await ApiClient.JsonOf(await administrator.Get("/api/v1/alerts/verification"))).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Calls_at_the_same_time_make_one_alert()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _city.ObserveAsync("many", Some.Change(Severity.Yellow, 1), Some.Change(Severity.Red, 2))));
        var list = await ApiClient.JsonOf(await _city.Officer.Get("/api/v1/alerts?sensor=many"));
        Assert.Equal(2, Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task The_description_names_every_answer_of_a_step_and_what_its_body_needs()
    {
        var document = await ApiClient.JsonOf(await _city.Officer.Get("/openapi/v1.json"));
        foreach (var (verb, needed) in new[] { ("acknowledge", Array.Empty<string>()), ("assign", ["assignee"]), ("comment", ["comment"]), ("close", []), ("mark", ["verdict"]) })
        {
            var step = document.GetProperty("paths").GetProperty($"/api/v1/alerts/{{id}}/{verb}").GetProperty("post");
            var statuses = step.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToList();
            Assert.Equal(["200", "400", "404", "409", "412", "415", "503"], statuses.Except(["401", "403", "429"]).Order());
            Assert.Equal(needed, RequiredOf(document, step));
        }
        var limit = document.GetProperty("paths").GetProperty("/api/v1/alerts").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == "limit");
        Assert.Equal("integer", limit.GetProperty("schema").GetProperty("type").GetString());
    }

    private static IEnumerable<string?> RequiredOf(JsonElement document, JsonElement operation)
    {
        var schema = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        if (schema.TryGetProperty("oneOf", out var either)) schema = either.EnumerateArray().Single(one => one.TryGetProperty("$ref", out _));
        var body = document.GetProperty("components").GetProperty("schemas").GetProperty(schema.GetProperty("$ref").GetString()!.Split('/')[^1]);
        return body.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(r => r.GetString()) : [];
    }

    private async Task<string> IdOf(string sensor)
    {
        var list = await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts?state=raised&sensor={sensor}"));
        return list.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    private async Task<IEnumerable<string?>> Rules(string query) =>
        (await ApiClient.JsonOf(await _city.Officer.Get($"/api/v1/alerts?{query}"))).GetProperty("items").EnumerateArray().Select(a => a.GetProperty("rule").GetString());

    private async Task<JsonElement> Post(string id, string verb, string body)
    {
        var answer = await _city.Officer.Post($"/api/v1/alerts/{id}/{verb}", body);
        Assert.True(answer.IsSuccessStatusCode, await ApiClient.TextOf(answer));
        return await ApiClient.JsonOf(answer);
    }

    private async Task<HttpResponseMessage> Matching(string id, string verb, string body, string version)
    {
        using var officer = _city.ClientAs(Role.DutyOfficer);
        officer.Headers.TryAddWithoutValidation("If-Match", version);
        return await officer.Post($"/api/v1/alerts/{id}/{verb}", body);
    }

    private async Task<JsonElement> Refused(string id, string verb, string body, int status, string code) =>
        await ApiClient.ProblemOf(await _city.Officer.Post($"/api/v1/alerts/{id}/{verb}", body), status, code);
}
