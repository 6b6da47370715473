using TriageWorker.Host.Roles;

namespace TriageWorker.Host.Tests.Roles;

public sealed class RoleNamesTests
{
    [Theory]
    [InlineData("web", Role.Web)]
    [InlineData("Intake, SCORING", Role.Intake, Role.Scoring)]
    [InlineData("jobs,jobs", Role.Jobs)]
    public void Roles_are_read_as_people_type_them(string text, params Role[] expected) => RoleNames.Parse(text).ShouldBe(expected, ignoreOrder: true);

    [Theory]
    [InlineData(""), InlineData(","), InlineData("webb"), InlineData("web,2"), InlineData("intake;web")]
    public void What_is_no_role_is_refused_with_the_roles_there_are(string text) =>
        Should.Throw<FormatException>(() => RoleNames.Parse(text)).Message.ShouldContain("intake,scoring,delivery,web,jobs");
}
