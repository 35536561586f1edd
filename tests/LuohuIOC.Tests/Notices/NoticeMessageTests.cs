using System.Text;
using LuohuIOC.Alerts;
using LuohuIOC.Notices;
using Xunit;

namespace LuohuIOC.Tests.Notices;

public sealed class NoticeMessageTests
{
    // 18:00 UTC is two o'clock the next morning in Shanghai.
    private static readonly DateTimeOffset Now = SomeAlert.Raised.AddMinutes(12);

    [Fact]
    public void One_alert_says_what_where_since_when_and_what_to_do()
    {
        var message = NoticeMessage.Of(SomeAlert.Policy(), [SomeAlert.Waiting()], "https://ioc.luohu.test/", Now);
        Assert.Equal("【橙色预警】文锦渡易涝点：道路积水，水深 31 cm，阈值 27 cm", message.Title);
        Assert.Equal(
            """
            【橙色】文锦渡易涝点 · 易涝点监测站 · 黄贝街道
            道路积水，水深 31 cm，阈值 27 cm（01:59 测得）
            自 02:00 起 12 分钟无人确认

            请登录指挥大屏确认：https://ioc.luohu.test/ （通知策略：值班长）
            """, message.Text);
    }

    [Fact]
    public void What_has_just_been_raised_has_not_waited_for_minutes() =>
        Assert.Contains("02:00 发生，待确认", NoticeMessage.Of(SomeAlert.Policy(), [SomeAlert.Waiting()], "", SomeAlert.Raised.AddSeconds(59)).Text, StringComparison.Ordinal);

    [Fact]
    public void A_late_one_says_who_had_it_and_until_when()
    {
        var late = SomeAlert.Waiting() with { AssignedTo = "抢险一队", DueAt = SomeAlert.Raised.AddMinutes(10), OverdueAt = SomeAlert.Raised.AddMinutes(10) };
        Assert.Contains("已指派抢险一队，应于 02:10 前办结，现已超时", NoticeMessage.Of(SomeAlert.Policy(), [late], "", Now).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_stand_worst_first_and_beyond_twenty_they_are_counted()
    {
        var due = Enumerable.Range(1, 24).Select(i => SomeAlert.Waiting($"a{i}", i == 24 ? "red" : "orange", $"{i} 号点"));
        var message = NoticeMessage.Of(SomeAlert.Policy(), due, "", Now);
        Assert.Equal("【预警】24 条待确认，最高红色：24 号点等", message.Title);
        Assert.StartsWith("【红色】24 号点", message.Text, StringComparison.Ordinal);
        Assert.Contains("另有 4 条预警待确认，请登录大屏查看。", message.Text, StringComparison.Ordinal);
        Assert.Equal(24, message.Alerts.Count);
    }

    [Theory]
    [InlineData(900)]
    [InlineData(2048)]
    public void A_robots_bound_is_kept_with_the_title_and_the_longest_evidence(int bytesMax)
    {
        var due = Enumerable.Range(1, 30).Select(i => SomeAlert.Waiting($"a{i}", name: $"{i} 号点") with { SurroundingsText = new string('雨', 400) }).ToArray();
        var message = NoticeMessage.Of(SomeAlert.Policy(), due, "https://ioc.luohu.test/", Now, bytesMax);
        Assert.InRange(Encoding.UTF8.GetByteCount(message.Whole), bytesMax / 2, bytesMax);
        Assert.Contains("】1 号点 ·", message.Text, StringComparison.Ordinal);
        Assert.Equal(message.Named, due.Count(alert => message.Text.Contains($"】{alert.SensorName} ·", StringComparison.Ordinal)));
        Assert.Contains($"另有 {30 - message.Named} 条", message.Text, StringComparison.Ordinal);
        Assert.Equal(bytesMax == 2048, message.Text.Contains("雨雨", StringComparison.Ordinal));
        Assert.Contains("雨雨", NoticeMessage.Of(SomeAlert.Policy(), due, "", Now).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_message_has_the_same_number()
    {
        string Number(int minutes, params AlertView[] due) => NoticeMessage.Of(SomeAlert.Policy(), due, "", Now.AddMinutes(minutes)).Number;
        Assert.Equal(Number(0, SomeAlert.Waiting()), Number(5, SomeAlert.Waiting()));
        Assert.Equal(4, new HashSet<string> { Number(0, SomeAlert.Waiting()), Number(0, SomeAlert.Waiting("a2")), Number(0, SomeAlert.Waiting(severity: "red")), Number(0, SomeAlert.Anew(SomeAlert.Waiting(), 1)) }.Count);
    }

    [Fact]
    public void English_is_there_for_who_reads_it()
    {
        var message = NoticeMessage.Of(SomeAlert.Policy(language: "en"), [SomeAlert.Waiting(severity: "red")], "", Now);
        Assert.Equal("[red alert] 文锦渡易涝点: Water on the road, Depth 31 cm, limit 27 cm", message.Title);
        Assert.DoesNotContain("阈值", message.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("river", "river-rise", "level", "河道水位快速上涨，1 小时内水位变化 1.26 m，阈值 1.00 m")]
    [InlineData("rain_gauge", "rain-3h", "rain", "3 小时累计雨量，雨量 1.3 mm，阈值 1.0 mm")]
    public void A_rise_is_no_level_and_rain_is_a_sum(string kind, string rule, string metric, string finding)
    {
        var alert = SomeAlert.Waiting() with
        {
            Kind = kind,
            Rule = rule,
            RuleName = AlertWords.Rule("zh-CN", rule),
            Metric = metric,
            Unit = metric == "rain" ? "mm" : "m",
            Value = 1.26,
            Threshold = 1,
            Evidence = """{"windowSeconds":3600}""",
        };
        Assert.Equal(finding, NoticeWords.Finding("zh-CN", alert));
        Assert.Equal("可燃气体报警", NoticeWords.Finding("zh-CN", alert with { Kind = "gas", RuleName = "可燃气体报警", Metric = "alarm", Unit = "1", Value = 1, Threshold = 1, Evidence = null }));
    }

    [Fact]
    public void A_fire_has_no_figure_of_its_own()
    {
        var fire = SomeAlert.Waiting() with { Rule = "fire-alarm", RuleName = "火警", Metric = "", Value = null, Threshold = null };
        Assert.Equal("【橙色预警】文锦渡易涝点：火警", NoticeMessage.Of(SomeAlert.Policy(), [fire], "", Now).Title);
    }

    [Fact]
    public void That_it_is_over_says_how_long_and_how_far_and_that_nobody_has_seen_it()
    {
        var over = SomeAlert.Ceased(SomeAlert.Waiting() with { Severity = "blue", Highest = "orange", Value = 0.02, Furthest = 0.44 }, 39 * 60);
        var message = NoticeMessage.Over(SomeAlert.Policy(), [over], "https://ioc.luohu.test/", SomeAlert.Raised.AddMinutes(49));
        Assert.Equal("【预警解除】文锦渡易涝点：道路积水", message.Title);
        Assert.Equal(
            """
            【橙色】文锦渡易涝点 · 易涝点监测站 · 黄贝街道
            道路积水，水深极值 44 cm
            02:00 发生，02:39 解除，历时 39 分钟
            尚无人确认

            请登录指挥大屏确认：https://ioc.luohu.test/ （通知策略：值班长）
            """, message.Text);
    }

    [Fact]
    public void What_a_person_closed_says_who_and_why()
    {
        var closed = SomeAlert.Waiting() with { State = "closed", ClosedBy = "张三", ClosedAt = SomeAlert.Raised.AddMinutes(120), Comment = "现场已退水", Verdict = "false" };
        var message = NoticeMessage.Over(SomeAlert.Policy(), [closed], "", SomeAlert.Raised.AddMinutes(120));
        Assert.Equal("【预警关闭】文锦渡易涝点：道路积水", message.Title);
        Assert.EndsWith("02:00 发生，04:00 关闭，历时 2 小时\n由张三关闭\n备注：现场已退水\n已标记为误报\n\n（通知策略：值班长）", message.Text, StringComparison.Ordinal);
        Assert.NotEqual(message.Number, NoticeMessage.Of(SomeAlert.Policy(), [closed], "", Now).Number);
    }

    [Fact]
    public void Many_that_are_over_are_one_message()
    {
        var over = Enumerable.Range(1, 24).Select(i => SomeAlert.Ceased(SomeAlert.Waiting($"a{i}", name: $"{i} 号点"), 60, "system"));
        var message = NoticeMessage.Over(SomeAlert.Policy(language: "en"), over, "", Now);
        Assert.Equal("[alert over] 24 are over: 1 号点 and others", message.Title);
        Assert.Contains("4 more alerts are over.", message.Text, StringComparison.Ordinal);
    }
}
