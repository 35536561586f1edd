using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

/// <summary>An SL 651 station, 0012345678, is registered; whether it is on the line each test says.</summary>
public sealed class StationEndpointsTests : IAsyncLifetime
{
    private const string Station = "0012345678";
    private readonly List<byte[]> _asked = [];
    private WebHost _host = null!;
    private ApiClient _officer = null!;

    private StationBoard Board => _host.Services.GetRequiredService<StationBoard>();

    [Fact]
    public async Task A_station_that_has_never_called_is_known_and_not_on_the_line()
    {
        var problem = await ApiClient.ProblemOf(await Ask("sl651", Station, "values"), 409, "station-never-on-line");
        Assert.Contains(Station, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_station_that_has_gone_is_told_with_the_time_since_when()
    {
        var line = Call();
        Assert.Equal(202, (int)(await Ask("sl651", Station, "values")).StatusCode);
        Assert.Single(_asked);
        Board.Remove(PayloadForm.Sl651, Station, line, new DateTimeOffset(2023, 9, 7, 13, 5, 0, TimeSpan.Zero));
        var problem = await ApiClient.ProblemOf(await Ask("sl651", Station, "values"), 409, "station-off-line");
        Assert.Contains("2023-09-07 21:05:00", problem.GetProperty("detail").GetString());
        Call();
        Assert.Equal(202, (int)(await Ask("sl651", Station, "clock")).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_question_that_the_protocol_does_not_have_is_refused_as_that(bool isOnLine)
    {
        if (isOnLine) Call();
        var problem = await ApiClient.ProblemOf(await Ask("sl651", Station, "guard"), 404, "station-question");
        Assert.Contains("values, state, version, events, clock", problem.GetProperty("detail").GetString());
        await ApiClient.ProblemOf(await Ask("sl651", Station, "weather"), 404, "station-question");
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("sl651", "0099999999")]
    [InlineData("gb26875", Station)]
    [InlineData("modbus", Station)]
    public async Task A_station_that_nobody_knows_is_not_found(string protocol, string address) =>
        await ApiClient.ProblemOf(await Ask(protocol, address, "values"), 404, "not-found");

    [Theory]
    [InlineData(PayloadForm.Sl651)]
    [InlineData(PayloadForm.Hj212)]
    [InlineData(PayloadForm.Gb26875)]
    public void A_question_that_is_none_of_a_protocols_has_no_frame(PayloadForm form)
    {
        foreach (var question in Enum.GetValues<StationQuestion>().Except(StationQuestions.Of(form))) Assert.Null(StationQuestions.Write(form, Report(), question, 0));
    }

    public async ValueTask InitializeAsync()
    {
        _host = await WebHost.StartAsync(
            add: builder =>
            {
                builder.Services.AddSingleton<StationBoard>().AddSingleton<StationBook>();
                builder.Services.Configure<StationOptions>(options => options.Sl651.Sensors[Station] = "river-001");
            },
            map: app => app.MapStations());
        _officer = _host.ClientAs(Role.DutyOfficer);
    }

    public async ValueTask DisposeAsync()
    {
        _officer.Dispose();
        await _host.DisposeAsync();
    }

    private Task<HttpResponseMessage> Ask(string protocol, string address, string question) =>
        _officer.Post($"/api/v1/stations/{protocol}/{address}/ask/{question}", "");

    private StationLine Call()
    {
        var line = new StationLine("127.0.0.1:1", _host.Clock.GetUtcNow(), (frame, _) =>
        {
            _asked.Add(frame.ToArray());
            return Task.CompletedTask;
        })
        { LastFrame = Report() };
        Board.Set(PayloadForm.Sl651, Station, line);
        return line;
    }

    private static byte[] Report()
    {
        Span<byte> frame = new byte[64];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.Heartbeat, false, [0, 1, 0x23, 9, 7, 0x18, 0, 0], Sl651Mark.Etx)].ToArray();
    }
}
