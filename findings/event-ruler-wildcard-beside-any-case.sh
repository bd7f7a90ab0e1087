#!/usr/bin/env bash
# event-ruler 2.1.0, EventBridge's own matcher: the filters of one list are alternatives, yet a wildcard beside a
# short equals-ignore-case matches values that neither of them takes,
# also where they are two branches of $or.
# Needs Java 11 or later and Maven. Leaves nothing behind; fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.event.ruler</groupId><artifactId>event-ruler</artifactId><version>2.1.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Finding.java <<'JAVA'
import software.amazon.event.ruler.Ruler;

public class Finding {
    static boolean same = true;

    static void show(boolean wanted, String rule, String event) throws Exception {
        boolean matches = Ruler.matchesRule(event, rule);
        System.out.println((matches ? "matches   " : "no match  ") + rule + "  " + event);
        same &= matches == wanted;
    }

    public static void main(String[] arguments) throws Exception {
        show(false, "{\"tag\":[{\"wildcard\":\"*-*\"}]}",
            "{\"tag\":\"v1\"}");
        show(false, "{\"tag\":[{\"equals-ignore-case\":\"x\"}]}",
            "{\"tag\":\"v1\"}");
        show(true, "{\"tag\":[{\"wildcard\":\"*-*\"},{\"equals-ignore-case\":\"x\"}]}",
            "{\"tag\":\"v1\"}");
        show(false, "{\"tag\":[{\"wildcard\":\"*-*\"},{\"prefix\":\"x\"}]}",
            "{\"tag\":\"v1\"}");
        show(true, "{\"$or\":[{\"tag\":[{\"wildcard\":\"*-*\"}]},{\"tag\":[{\"equals-ignore-case\":\"x\"}]}]}",
            "{\"tag\":\"v1\"}");
        System.out.println(same ? "still so" : "this has changed");
        System.exit(same ? 0 : 1);
    }
}
JAVA
java -cp 'lib/*' Finding.java
